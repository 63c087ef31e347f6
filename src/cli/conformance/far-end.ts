import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Heard, hear, type Kind, outcomesOf, type ReportedOutcome } from './heard.ts';

/** What is answered instead of what the protocol has: a status with its code, or the connection is cut. */
export type Refusal = { readonly status: number; readonly code: string } | 'cut';

export interface FarEndTimes {
  readonly leaseMs: number;
  readonly heartbeatMs: number;
}

/** Something that was to be heard of the worker and was not, or the other way round. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

/** The worker does not say that it does what is checked. */
export class CheckSkipped extends Error {
  override readonly name = 'CheckSkipped';
}

/** Which part of a task a lease is for. */
export interface GivenPart {
  readonly part: number;
  readonly parts: number;
}

/** The server, as far as one worker sees it, in the hands of the checks. */
export interface FarEnd {
  readonly url: string;
  /** Since the last `begin`. */
  readonly heard: readonly Heard[];
  /** Requests that are not as the protocol says. */
  readonly wrong: readonly string[];
  begin(): void;
  /** What the worker said last of itself, if need be waited for. */
  registration(): Promise<{ readonly parts?: boolean }>;
  /** Work for the next poll. @returns its lease */
  give(type: string, payload: unknown, options?: { readonly lease?: string; readonly part?: GivenPart }): string;
  /** Its report is answered 202, as other parts of its task still run, until it is let go. @returns lets it go */
  keep(lease: string): () => void;
  stop(lease: string, reason: string): void;
  /** Its lease has ended: heartbeats that list it are told so, and its report is too late. */
  lose(lease: string): void;
  /** Cuts the connection of a poll that waits. */
  cutPoll(): void;
  /** Who asks is nobody it knows, until it registers. */
  forget(): void;
  /** Whether answers have fields that nobody knows yet. */
  isLater: boolean;
  /** Asked before every answer. */
  refuse: (heard: Heard) => Refusal | undefined;
  outcomes(lease?: string): readonly ReportedOutcome[];
  /** The first request that is so, of those heard already or to come. @throws CheckFailed with `what` */
  until(what: string, kind: Kind | undefined, isIt?: (heard: Heard) => boolean, withinMs?: number): Promise<Heard>;
  /** Takes no connections, and ends those there are, until the promise of `meanwhile` settles. */
  away(meanwhile: Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** A worker that is waiting for something answers far sooner; one that never does is waited for this many leases. */
const patience = 3;
/** Of a later version of the server: a worker must not mind what it does not know. */
const unknownFields = { from_a_later_version: { nested: [1, 'x', null] } };

/** @param address where it listens; port 0 takes a free one */
export async function openFarEnd(address: URL, { leaseMs, heartbeatMs }: FarEndTimes): Promise<FarEnd> {
  const server = createServer((request, response) => void take(request, response));
  const wrong: string[] = [];
  let heard: Heard[] = [];
  let watchers: ((heard: Heard) => void)[] = [];
  let outbox: { readonly lease: string; readonly [field: string]: unknown }[] = [];
  const held = new Set<string>();
  const lost = new Set<string>();
  const kept = new Set<string>();
  let spec: { readonly parts?: boolean } | undefined;
  const stops = new Map<string, string>();
  const answered = new Map<string, string>();
  let session = '';
  let sessions = 0;
  let leases = 0;
  let isKnown = false;
  let endPoll = () => {};
  let cutPoll = () => {};
  await listen(Number(address.port));
  const { port } = server.address() as AddressInfo;

  async function listen(port: number): Promise<void> {
    server.listen(port, address.hostname.replace(/^\[|\]$/g, ''));
    await once(server, 'listening');
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const header = request.headers['node-session'];
    const said = hear(request.method ?? '', request.url ?? '', typeof header === 'string' ? header : undefined, text, performance.now());
    if (typeof said === 'string') {
      wrong.push(said);
      answer(response, 422, problem(422, 'validation_failed', said));
      return;
    }
    heard.push(said);
    for (const watch of watchers) watch(said);
    const refusal = far.refuse(said) ?? strangerIn(said);
    if (refusal === 'cut') request.socket.destroy();
    else if (refusal !== undefined)
      answer(response, refusal.status, problem(refusal.status, refusal.code, `refused by a check of ${said.kind}`));
    else await answerTo(said, request, response);
  }

  function strangerIn({ kind, session: claimed }: Heard): Refusal | undefined {
    if (kind === 'register') return undefined;
    if (!isKnown) return { status: 404, code: 'unknown_node' };
    return claimed === undefined || claimed === session ? undefined : { status: 409, code: 'node_replaced' };
  }

  async function answerTo(said: Heard, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = said.body as { leases?: readonly string[] } | undefined;
    switch (said.kind) {
      case 'register':
        session = `session-${++sessions}`;
        isKnown = true;
        spec = said.body as { parts?: boolean }; // checked by its schema
        answer(response, 201, { id: said.node, session, lease_ms: leaseMs, heartbeat_ms: heartbeatMs, stop: stopsFor(body?.leases ?? []) });
        return;
      case 'heartbeat':
        answer(response, 200, { state: 'live', lease_ms: leaseMs, stop: stopsFor(body?.leases ?? []) });
        return;
      case 'poll':
        await answerPoll(said, request, response);
        return;
      case 'result':
      case 'results':
        answerReport(said, response);
        return;
      case 'leave':
        isKnown = false;
        answer(response, 204);
        return;
      default:
        answer(response, 200, { stop: [] });
    }
  }

  async function answerPoll(said: Heard, request: IncomingMessage, response: ServerResponse): Promise<void> {
    endPoll();
    const waitMs = 1_000 * Number(said.query.get('wait') ?? 30);
    const hasNews = () => outbox.length > 0 || [...stops.keys()].some((lease) => held.has(lease));
    if (!hasNews())
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        request.socket.once('close', () => resolve());
        cutPoll = () => request.socket.destroy();
        endPoll = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    if (response.destroyed) return;
    const some = outbox.splice(0, Number(said.query.get('max') ?? 1_024));
    for (const { lease } of some) held.add(lease);
    answer(response, 200, { leases: some, stop: stopsFor([...held].filter((lease) => stops.has(lease))) });
  }

  function answerReport(said: Heard, response: ServerResponse): void {
    const results = outcomesOf(said).map(({ lease, outcome, text }) => {
      const before = answered.get(lease);
      if (lost.has(lease) || (!held.has(lease) && before !== text))
        return { lease, status: 409, error: problem(409, 'lease_lost', `lease ${lease} has ended`) };
      if (kept.has(lease)) return { lease, status: 202 };
      held.delete(lease);
      answered.set(lease, text);
      return { lease, status: 200, outcome: stops.get(lease) === 'cancel' ? 'cancelled' : outcome };
    });
    const [only] = results;
    if (said.kind === 'results') answer(response, 200, { results });
    else answer(response, only?.status ?? 200, only?.error ?? only);
  }

  function stopsFor(list: readonly string[]): readonly object[] {
    return list.flatMap((lease) => {
      const reason = held.has(lease) && !lost.has(lease) ? stops.get(lease) : 'lease_lost';
      return reason === undefined ? [] : [{ lease, reason, ...extras() }];
    });
  }

  const extras = () => (far.isLater ? unknownFields : {});

  function answer(response: ServerResponse, status: number, body?: object): void {
    response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
    response.end(body === undefined ? undefined : JSON.stringify({ ...body, ...extras() }));
  }

  const far: FarEnd = {
    url: `http://${address.hostname}:${port}`,
    get heard() {
      return heard;
    },
    wrong,
    begin() {
      heard = [];
      outbox = [];
      for (const set of [held, lost, kept, stops]) set.clear();
      far.isLater = false;
      far.refuse = () => undefined;
    },
    async registration() {
      if (spec === undefined) await far.until('no POST /nodes', 'register');
      return spec ?? {};
    },
    keep(lease) {
      kept.add(lease);
      return () => void kept.delete(lease);
    },
    give(type, payload, { lease = `${type}-${++leases}.1.7~x`, part = { part: 0, parts: 1 } } = {}) {
      outbox.push({
        ...{ lease, task_id: `task-${leases}`, attempt: 1, type, tenant: 'default', slots: 1, timeout_ms: 600_000, deadline: null },
        ...{ ...part, payload, metadata: null, ...extras() },
      });
      endPoll();
      return lease;
    },
    stop(lease, reason) {
      stops.set(lease, reason);
      endPoll();
    },
    lose: (lease) => void lost.add(lease),
    cutPoll: () => cutPoll(),
    forget() {
      isKnown = false;
      endPoll();
    },
    isLater: false,
    refuse: () => undefined,
    outcomes: (lease) => heard.flatMap(outcomesOf).filter((one) => lease === undefined || one.lease === lease),
    until(what, kind, isIt = () => true, withinMs = patience * leaseMs) {
      const wanted = (one: Heard) => (kind === undefined || one.kind === kind) && isIt(one);
      const there = heard.find(wanted);
      if (there !== undefined) return Promise.resolve(there);
      return new Promise((resolve, reject) => {
        const leave = () => {
          clearTimeout(timer);
          watchers = watchers.filter((one) => one !== watch);
        };
        const watch = (one: Heard) => {
          if (!wanted(one)) return;
          leave();
          resolve(one);
        };
        const timer = setTimeout(() => {
          leave();
          reject(new CheckFailed(`${what}: not within ${withinMs / 1_000} s`));
        }, withinMs);
        watchers.push(watch);
      });
    },
    async away(meanwhile) {
      server.close();
      server.closeAllConnections();
      await meanwhile;
      await listen(port);
    },
    async close() {
      endPoll();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return far;
}

function problem(status: number, code: string, detail: string): object {
  return { type: `/problems/${code}`, title: code, status, code, detail };
}
