import type { FastifyReply } from 'fastify';

/**
 * Headers of every answer, fixed at start. Not by @fastify/helmet: it works its policy out again for each request, which more than halves
 * what a route can do (docs/adr/0005-http.md).
 */
const everywhere = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

/** An answer of the API is never a page: if a browser shows it all the same, nothing in it may run or load. */
const apiHeaders = { ...everywhere, 'content-security-policy': "default-src 'none'; frame-ancestors 'none'" } as const;

/** For pages: each directive is set, nothing inline, one Trusted Types policy. */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types trx-html',
].join('; ');

/** Swagger UI styles elements inline and is not ours to change; it gets no host but this one. */
export const docsPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

const names = Object.keys(apiHeaders) as (keyof typeof apiHeaders)[];

export function setSafeHeaders(reply: FastifyReply): void {
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as (typeof names)[number];
    reply.header(name, apiHeaders[name]);
  }
}

/** For what is shown as a page. */
export function setPageHeaders(reply: FastifyReply): FastifyReply {
  return reply.header('content-security-policy', pagePolicy).header('content-type', 'text/html; charset=utf-8');
}

/** The same for answers that are written past Fastify: a request that is not HTTP. */
export const rawHeaders: string = Object.entries(apiHeaders)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');
