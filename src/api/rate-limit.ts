import type { FastifyReply } from 'fastify';
import type { LimitState } from '../core/domain/quota.ts';

/**
 * The RateLimit fields: which limits there are, and what is left of each. Numbers are integers by definition: what is left is never said too
 * high, and times never too short.
 * @see https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-10.html
 */
export function setRateLimit(reply: FastifyReply, limits: readonly LimitState[]): void {
  if (limits.length === 0) return;
  reply.header('ratelimit-policy', limits.map(policyOf).join(', '));
  reply.header('ratelimit', limits.map(stateOf).join(', '));
}

function policyOf({ name, quota, windowS }: LimitState): string {
  return windowS === undefined ? `"${name}";q=${quota};qu="tasks"` : `"${name}";q=${quota};w=${Math.max(1, Math.ceil(windowS))}`;
}

function stateOf({ name, left, resetS }: LimitState): string {
  return resetS === undefined ? `"${name}";r=${left}` : `"${name}";r=${left};t=${Math.ceil(resetS)}`;
}
