import type { Outcome } from '../core/domain/attempt.ts';
import type { EndedParent } from '../core/domain/dependency.ts';
import type { Json } from '../core/domain/json.ts';
import type { Ms, TaskId } from '../core/domain/units.ts';

/** A lease as it comes over the wire. */
export interface WireLease {
  readonly lease: string;
  readonly task_id: TaskId;
  readonly attempt: number;
  /** Servers before nodes ran parts send none. */
  readonly part?: number;
  readonly parts?: number;
  readonly type: string;
  readonly tenant: string;
  readonly slots: number;
  readonly timeout_ms: Ms;
  readonly payload: Json;
  /** Servers before there were dependencies send none. */
  readonly parents?: readonly WireParent[];
  /** What it may use, where it is a bundle. */
  readonly bundle: WireBundle | null;
}

export interface WireParent {
  readonly task: string;
  readonly name: string;
  readonly status: EndedParent['status'];
  readonly result: Json;
  readonly attempt?: number;
}

export interface WireBundle {
  readonly network: boolean;
  readonly memory_mb: number;
  readonly processes: number;
  readonly disk_mb: number;
  readonly keep_hours: number | null;
}

export interface WireStop {
  readonly lease: string;
  readonly reason: string;
}

export interface WireResult {
  readonly lease: string;
  readonly outcome: Outcome;
}

/** What the server said no to, or that nothing answered (`status` 0). */
export class NodeApiError extends Error {
  override readonly name = 'NodeApiError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.status = status;
    this.code = code;
  }
}

/** How requests are sent; `fetch` is one way. Rejects when nothing answered. */
export type Send = (
  url: URL,
  request: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly signal?: AbortSignal;
  },
) => Promise<{ readonly ok: boolean; readonly status: number; text(): Promise<string> }>;

/** One server, as a node speaks to it: docs/worker-protocol.md. Every call rejects with a NodeApiError. */
export interface NodeApi {
  register(
    body: object,
  ): Promise<{ readonly session: string; readonly lease_ms: Ms; readonly heartbeat_ms: Ms; readonly stop: readonly WireStop[] }>;
  heartbeat(
    session: string,
    leases: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly lease_ms: Ms; readonly stop: readonly WireStop[] }>;
  /** @param max leases at once @param leases everything that is held: it renews like a heartbeat */
  poll(
    session: string,
    waitS: number,
    max: number,
    leases: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly leases: readonly WireLease[]; readonly stop: readonly WireStop[] }>;
  report(session: string, results: readonly WireResult[]): Promise<readonly { readonly lease: string; readonly status: number }[]>;
  /** A part could begin. @returns whether all of its task can */
  ready(session: string, lease: string, waitS: number, signal: AbortSignal): Promise<boolean>;
  note(session: string, notes: readonly object[]): Promise<void>;
  drain(): Promise<void>;
  leave(session: string): Promise<void>;
}

export function createNodeApi(server: string, id: string, send: Send): NodeApi {
  const node = `/nodes/${encodeURIComponent(id)}`;

  async function ask<Answer>(method: string, path: string, body?: unknown, session?: string, signal?: AbortSignal): Promise<Answer> {
    const answer = await send(new URL(`/api/v1${path}`, server), {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(session === undefined ? {} : { 'node-session': session }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    }).catch((error: unknown) => {
      throw new NodeApiError(0, 'unreachable', `no answer from ${server}`, error);
    });
    const text = await answer.text().catch((error: unknown) => {
      throw new NodeApiError(0, 'unreachable', `${server} hung up`, error);
    });
    if (!answer.ok) throw refusal(answer.status, text);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  return {
    register: (body) => ask('POST', '/nodes', { id, ...body }),
    heartbeat: (session, leases, signal) => ask('POST', `${node}/heartbeats`, { leases }, session, signal),
    poll: (session, waitS, max, leases, signal) => ask('POST', `${node}/leases?wait=${waitS}&max=${max}`, { leases }, session, signal),
    async report(session, results) {
      const answer = await ask<{ results: readonly { lease: string; status: number }[] }>(
        'POST',
        `${node}/results`,
        { results: results.map(({ lease, outcome }) => ({ lease, ...wireOutcome(outcome) })) },
        session,
      );
      return answer.results;
    },
    async ready(session, lease, waitS, signal) {
      const path = `${node}/leases/${encodeURIComponent(lease)}/ready?wait=${waitS}`;
      return (await ask<{ begin: boolean }>('POST', path, undefined, session, signal)).begin;
    },
    async note(session, notes) {
      await ask('POST', `${node}/notes`, { notes }, session);
    },
    async drain() {
      await ask('PATCH', node, { state: 'draining' });
    },
    async leave(session) {
      await ask('DELETE', node, undefined, session);
    },
  };
}

export function refusal(status: number, text: string): NodeApiError {
  try {
    const { code, detail } = JSON.parse(text) as { code: string; detail: string };
    return new NodeApiError(status, code, detail);
  } catch {
    return new NodeApiError(status, 'unknown', `answered ${status}`);
  }
}

const longestMessage = 2_000;

function wireOutcome(outcome: Outcome): object {
  switch (outcome.kind) {
    case 'succeeded':
      return { outcome: 'succeeded', result: outcome.result };
    case 'failed':
      return {
        outcome: 'failed',
        error: { code: outcome.code, message: outcome.message.slice(0, longestMessage) },
        retryable: outcome.retryable,
      };
    case 'lost':
      return { outcome: 'failed', error: { code: 'lost', message: outcome.message.slice(0, longestMessage) }, retryable: true };
    default:
      return { outcome: outcome.kind };
  }
}
