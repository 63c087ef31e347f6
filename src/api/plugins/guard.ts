import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TaskRouterError } from '../../core/domain/errors.ts';
import type { Engine } from '../../core/engine/engine.ts';
import { base } from '../deps.ts';
import type { Door } from './door.ts';
import { setSafeHeaders } from './headers.ts';
import type { OriginRules } from './origin.ts';
import type { Paths } from './paths.ts';
import type { Pressure } from './pressure.ts';

const maxUrlLength = 8_192;

interface GuardDeps {
  readonly engine: Engine;
  readonly origins: OriginRules;
  readonly door: Door;
  readonly paths: Paths;
  readonly pressure: Pressure;
  /** Who answers, where there are several servers behind one address. */
  readonly nodeName: string;
  readonly hasPages: boolean;
}

/** What every request passes first, in one synchronous hook: a chain of hooks costs more than the checks. */
export function useGuard(app: FastifyInstance, { engine, origins, door, paths, pressure, nodeName, hasPages }: GuardDeps): void {
  let started = false;

  app.addHook('onRequest', (request, reply, done) => {
    setSafeHeaders(reply);
    reply.header('x-request-id', request.id);
    reply.header('x-served-by', nodeName);
    try {
      admit(request, reply);
    } catch (error) {
      if (hasPages && wantsToSignIn(request, error)) toSignIn(request, reply);
      else done(error as Error);
      return;
    }
    if (reply.sent) return;
    if (started || isProbe(request)) done();
    else waitForStart().then(() => done(), done);
  });

  function admit(request: FastifyRequest, reply: FastifyReply): void {
    const { headers } = request;
    origins.checkHost(request);
    if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) {
      if (origins.preflight(request, reply)) return;
      origins.checkOrigin(request, reply);
    }
    if (request.url.length > maxUrlLength) throw new TaskRouterError('uri_too_long', 'The URL has more than 8 KiB.');
    if (request.is404) {
      door.recognise(request);
      paths.refuse(request, reply);
      return;
    }
    door.admit(request);
    if (pressure.refusal !== undefined && !mustPass(request)) throw pressure.refusal;
  }

  /** Until the engine has recovered nothing is known of tasks and pools, and saying so is better than an empty list. */
  async function waitForStart(): Promise<void> {
    const { phase, step } = await engine.health();
    if (phase === 'starting')
      throw new TaskRouterError('starting', `The server is starting: ${step ?? 'one moment'}. Try again in a moment.`, { retryAfterS: 1 });
    started = true;
  }
}

/** A cancel makes room, probes must tell, and a node that cannot renew or report would have its work done twice. */
function mustPass(request: FastifyRequest): boolean {
  return request.method === 'DELETE' || isProbe(request) || /^\/api\/v1\/nodes(?:[/?]|$)/.test(request.url);
}

/** Health and metrics are asked just when things are not well. */
function isProbe({ url }: FastifyRequest): boolean {
  return /^(?:\/api\/v1)?\/(?:health|metrics)(?:[/?]|$)/.test(url);
}

/** A person, and not a program that would take the sign-in page for an answer. */
function wantsToSignIn({ method, url, headers }: FastifyRequest, error: unknown): boolean {
  if (!(error instanceof TaskRouterError) || error.code !== 'unauthenticated') return false;
  return method === 'GET' && !url.startsWith(`${base}/`) && headers.accept?.includes('text/html') === true;
}

function toSignIn({ url }: FastifyRequest, reply: FastifyReply): void {
  reply
    .code(303)
    .header('location', `/login?next=${encodeURIComponent(url)}`)
    .send();
}
