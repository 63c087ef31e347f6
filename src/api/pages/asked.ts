/** What a page is asked with: the address, a form, and who asks. */
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../core/engine/engine.ts';
import { callerOf, dashboard } from '../caller.ts';

/** Who looks at the page. */
export function viewerOf(request: FastifyRequest): Caller {
  return request.key === null ? dashboard : callerOf(request);
}

/** What a form of a page sent: text by name, the last one where a name comes twice. */
export type FormValues = Readonly<Record<string, string>>;

export function formOf(request: FastifyRequest): FormValues {
  const body = (request.body ?? {}) as Readonly<Record<string, unknown>>; // made by @fastify/formbody: text, or lists of it
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(Array.isArray(value) ? value.at(-1) : value)]));
}

export function queryOf(request: FastifyRequest): URLSearchParams {
  const at = request.url.indexOf('?');
  return new URLSearchParams(at === -1 ? '' : request.url.slice(at));
}

/** A place on this server to return to, from a form field: anything else would make us a springboard for other sites. */
export function backTo(values: FormValues, otherwise: string): string {
  const back = values['back'] ?? '';
  return /^\/(?![/\\])[^\s\\]*$/.test(back) ? back : otherwise;
}

/** Scheme and host as the reader sees them, for commands to copy. `Host` was checked before. */
export function originOf({ protocol, headers: { host } }: FastifyRequest): string {
  return `${protocol}://${host ?? 'localhost'}`;
}
