import { Ajv } from 'ajv';
import { Heartbeat, NodeInput, NodePatch, NotesInput, Poll, ResultInput, ResultsInput } from '../../api/schemas/node.ts';
import type { TSchema } from '../../api/schemas/type.ts';

export type Kind = 'register' | 'heartbeat' | 'poll' | 'result' | 'results' | 'notes' | 'drain' | 'leave';

/** A request of the worker, as it came. */
export interface Heard {
  readonly kind: Kind;
  /** Monotonic. */
  readonly atMs: number;
  readonly node: string;
  readonly session: string | undefined;
  /** Of a result: the lease in its path. */
  readonly lease: string | undefined;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** One outcome that was reported, by itself or among many. */
export interface ReportedOutcome {
  readonly lease: string;
  readonly outcome: string;
  /** Everything it said, to be compared with what it says the next time. */
  readonly text: string;
}

const routes: readonly { readonly method: string; readonly path: RegExp; readonly kind: Kind; readonly body?: TSchema }[] = [
  { method: 'POST', path: /^\/nodes$/, kind: 'register', body: NodeInput },
  { method: 'POST', path: /^\/nodes\/([^/]+)\/heartbeats$/, kind: 'heartbeat', body: Heartbeat },
  { method: 'POST', path: /^\/nodes\/([^/]+)\/leases$/, kind: 'poll', body: Poll },
  { method: 'POST', path: /^\/nodes\/([^/]+)\/leases\/([^/]+)\/result$/, kind: 'result', body: ResultInput },
  { method: 'POST', path: /^\/nodes\/([^/]+)\/results$/, kind: 'results', body: ResultsInput },
  { method: 'POST', path: /^\/nodes\/([^/]+)\/notes$/, kind: 'notes', body: NotesInput },
  { method: 'PATCH', path: /^\/nodes\/([^/]+)$/, kind: 'drain', body: NodePatch },
  { method: 'DELETE', path: /^\/nodes\/([^/]+)$/, kind: 'leave' },
];
const ajv = new Ajv({ strict: false });
const checks = new Map(routes.flatMap(({ kind, body }) => (body === undefined ? [] : [[kind, ajv.compile(body)] as const])));

/** What a request says; a string says what is wrong with it. */
export function hear(method: string, target: string, session: string | undefined, text: string, atMs: number): Heard | string {
  const url = new URL(target, 'http://worker');
  const path = url.pathname.replace(/^\/api\/v1/, '');
  const route = routes.find((one) => one.method === method && one.path.test(path));
  if (route === undefined || !url.pathname.startsWith('/api/v1/')) return `${method} ${url.pathname} is no request of the protocol`;
  const body = bodyOf(text);
  if (body instanceof Error) return `${method} ${url.pathname}: its body is no JSON`;
  const check = checks.get(route.kind);
  if (check !== undefined && !check(body ?? null))
    return `${method} ${url.pathname}: body ${ajv.errorsText(check.errors, { dataVar: '' })}`;
  if (session === undefined && !['register', 'drain', 'leave'].includes(route.kind)) return `${method} ${url.pathname} has no Node-Session`;
  const [, node = (body as { id?: string } | undefined)?.id ?? '', lease] = route.path.exec(path) ?? [];
  const named = lease === undefined ? undefined : decodeURIComponent(lease);
  return { kind: route.kind, atMs, node: decodeURIComponent(node), session, lease: named, query: url.searchParams, body };
}

function bodyOf(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    return error;
  }
}

/** Leases that a registration, a heartbeat or a poll lists; other requests list none. */
export function listed({ body }: Heard): readonly string[] {
  return (body as { leases?: readonly string[] } | undefined)?.leases ?? []; // checked by its schema
}

/** It renews all it lists. */
export function isRenewal({ kind, body }: Heard): boolean {
  return kind === 'heartbeat' || kind === 'register' || (kind === 'poll' && body !== undefined);
}

export function outcomesOf({ kind, lease, body }: Heard): readonly ReportedOutcome[] {
  if (kind === 'result' && lease !== undefined) return [reported({ lease, ...(body as object) } as Reported)];
  if (kind === 'results') return (body as { results: Reported[] }).results.map(reported); // checked by its schema
  return [];
}

interface Reported {
  readonly lease: string;
  readonly outcome: string;
  readonly result?: unknown;
  readonly error?: unknown;
}

function reported({ lease, outcome, result, error }: Reported): ReportedOutcome {
  return { lease, outcome, text: JSON.stringify([outcome, result ?? null, error ?? null]) };
}
