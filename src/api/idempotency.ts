import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { TaskRouterError } from '../core/domain/errors.ts';
import type { Idempotency } from '../core/engine/engine.ts';

const visibleAscii = /^[!-~]{1,255}$/;

/**
 * The client's Idempotency-Key, quoted (a structured field) or bare.
 * @throws TaskRouterError `bad_header`
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export function idempotencyKey({ headers }: FastifyRequest): string | undefined {
  const header = headers['idempotency-key'];
  if (header === undefined) return undefined;
  const text = typeof header === 'string' ? header : header.join(',');
  const key = /^".*"$/.test(text) ? text.slice(1, -1) : text;
  if (visibleAscii.test(key)) return key;
  throw new TaskRouterError('bad_header', 'Idempotency-Key must be 1 to 255 visible ASCII characters.', {
    errors: [{ path: '/headers/idempotency-key', message: 'must be 1 to 255 visible ASCII characters' }],
  });
}

/** A key with the body it is good for. */
export function idempotencyOf(key: string, body: unknown): Idempotency {
  return { key, fingerprint: createHash('sha256').update(canonicalJson(body)).digest('hex') };
}

/** JSON with one spelling: sorted keys, no blanks, numbers and text as ECMAScript writes them. @see https://www.rfc-editor.org/rfc/rfc8785 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)); // by UTF-16 code units, as the RFC asks
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}
