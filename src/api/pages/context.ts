import type { FastifyRequest } from 'fastify';
import type { Html } from '../../../frontend/js/views/html.js';
import type { Flash } from '../../../frontend/js/views/states.js';
import { TaskRouterError } from '../../core/domain/errors.ts';
import type { Caller } from '../../core/engine/engine.ts';
import { callerOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { StatsHistory } from './stats-history.ts';

/** What pages read from: the same facade as the API. */
export interface PageDeps extends Pick<ApiDeps, 'engine' | 'clock' | 'random' | 'options' | 'auth' | 'bundles'> {
  readonly history: StatsHistory;
}

/** While there are no keys, what is done here is told in the log by this name. */
const dashboard: Caller = Object.freeze({ name: 'dashboard', tenant: undefined });

/** Who looks at the page. */
export function viewerOf(request: FastifyRequest): Caller {
  return callerOf(request, dashboard);
}

/** One screen with what it shows: `view` is a pure function of `model`, here and in the browser. */
export interface Screen {
  readonly screen: string;
  readonly title: string;
  readonly model: Readonly<Record<string, unknown>>;
  readonly body: (now: string) => Html;
  /** 200 when left out. */
  readonly status?: number;
}

/** A typed screen: the compiler checks that the view takes what the model holds. */
export function screenOf<M extends object>(
  screen: string,
  title: string,
  view: (model: M & { now: string }) => Html,
  model: M,
  status = 200,
): Screen {
  return { screen, title, model: model as Readonly<Record<string, unknown>>, body: (now) => view({ ...model, now }), status };
}

/** Where a form leads when it was taken. */
export interface Done {
  readonly to: string;
  readonly flash?: Flash;
}

/** No page shows more pools at once: a page of ten thousand helps nobody. */
export const mostPools = 200;

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

export function notFound(what: string): TaskRouterError {
  return new TaskRouterError('not_found', `${what} not found`);
}
