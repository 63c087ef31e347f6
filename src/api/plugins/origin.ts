import type { FastifyReply, FastifyRequest } from 'fastify';
import { TaskRouterError } from '../../core/domain/errors.ts';

const maxAgeS = '600';
const preflightMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const requestHeaders = 'accept, authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id, prefer, x-request-id';
const exposedHeaders =
  'etag, idempotency-replayed, link, location, preference-applied, ratelimit, ratelimit-policy, retry-after, x-request-id, x-served-by';
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Which hosts this server answers for, and which pages may use it. Programs send no Origin and pass. */
export interface OriginRules {
  /** @throws TaskRouterError `misdirected`: the name in Host is not ours, as in a DNS rebinding attack. */
  checkHost(request: FastifyRequest): void;
  /** CORS headers for listed origins. @throws TaskRouterError `forbidden`: a foreign page tries to change something. */
  checkOrigin(request: FastifyRequest, reply: FastifyReply): void;
  /** Answers a CORS preflight; `false` when the request is none. @throws TaskRouterError `forbidden` */
  preflight(request: FastifyRequest, reply: FastifyReply): boolean;
}

export function createOriginRules(options: { readonly hosts: readonly string[]; readonly corsOrigins: readonly string[] }): OriginRules {
  const hosts = new Set(['localhost', '127.0.0.1', '[::1]', ...options.hosts.map((host) => host.toLowerCase())]);
  const origins = new Set(options.corsOrigins.map((origin) => origin.toLowerCase()));
  let lastGood: string | undefined;

  function checkHost({ headers: { host } }: FastifyRequest): void {
    if (host === lastGood || host === undefined) return; // HTTP/1.0 sends none, and no browser speaks it
    if (!hosts.has(nameOf(host.toLowerCase())))
      throw new TaskRouterError(
        'misdirected',
        `This server does not answer for ${host.slice(0, 100)}. If it should, list the name in TRX_HOSTS.`,
      );
    lastGood = host;
  }

  function checkOrigin(request: FastifyRequest, reply: FastifyReply): void {
    const { origin, host } = request.headers;
    const listed = origin !== undefined && origins.has(origin);
    if (listed) allow(reply, origin);
    if (listed || safeMethods.has(request.method)) return;
    const site = request.headers['sec-fetch-site'];
    const fromHere = origin === undefined ? true : origin === `http://${host}` || origin === `https://${host}`;
    if (!fromHere || site === 'cross-site' || site === 'same-site') throw foreign(origin);
  }

  function preflight(request: FastifyRequest, reply: FastifyReply): boolean {
    const { origin } = request.headers;
    if (request.method !== 'OPTIONS' || origin === undefined || request.headers['access-control-request-method'] === undefined)
      return false;
    if (!origins.has(origin)) throw foreign(origin);
    allow(reply, origin);
    reply
      .header('access-control-allow-methods', preflightMethods)
      .header('access-control-allow-headers', requestHeaders)
      .header('access-control-max-age', maxAgeS)
      .code(200)
      .send();
    return true;
  }

  return { checkHost, checkOrigin, preflight };
}

function allow(reply: FastifyReply, origin: string): void {
  reply.header('access-control-allow-origin', origin).header('vary', 'origin').header('access-control-expose-headers', exposedHeaders);
}

function foreign(origin: string | undefined): TaskRouterError {
  const page = origin === undefined ? 'another site' : origin.slice(0, 100);
  return new TaskRouterError('forbidden', `A page of ${page} may not do this. If it should, list its origin in TRX_CORS_ORIGINS.`);
}

/** `Host` without its port; an IPv6 address keeps its brackets. */
function nameOf(host: string): string {
  const end = host.startsWith('[') ? host.indexOf(']') + 1 : host.indexOf(':');
  return end > 0 ? host.slice(0, end) : host;
}
