import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/core/domain/attempt.ts';
import type { Executor } from '../../../src/core/ports/executor.ts';
import type { Logger } from '../../../src/core/ports/logger.ts';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';
import { type NodeApi, NodeApiError, type WireLease, type WireStop } from '../../../src/worker/node-api.ts';
import { createWorker } from '../../../src/worker/worker.ts';
import { silent, turn } from '../../helpers/engine.ts';

const aLease = (lease: string): WireLease => ({
  ...{ lease, task_id: lease, attempt: 1, type: 'job', tenant: 'default', slots: 1, timeout_ms: 60_000, payload: null, bundle: null },
});

/** A worker between a server and work that are both in the hands of the test. A lease is 30 s. */
async function setup() {
  const clock = createVirtualClock();
  const said: string[] = [];
  const logged: string[] = [];
  const errors: string[] = [];
  const logger: Logger = {
    ...silent,
    info: (fields, message) => logged.push(`${message} ${JSON.stringify(fields)}`),
    error: (_fields, message) => errors.push(message),
  };
  const state = {
    isAway: false,
    refusal: undefined as NodeApiError | undefined,
    isShut: false as boolean | 'forbidden',
    stop: [] as WireStop[],
    sessions: 0,
    status: 200,
    slow: undefined as Promise<void> | undefined,
  };
  let handOut: (answer: { leases: WireLease[]; stop: WireStop[] }) => void = () => {};
  const check = () => {
    if (state.isAway) throw new NodeApiError(0, 'unreachable', 'no answer');
    if (state.isShut === 'forbidden') throw new NodeApiError(403, 'forbidden', 'yours, alice, has submit');
    if (state.isShut) throw new NodeApiError(401, 'unauthenticated', 'This server wants a key');
    if (state.refusal !== undefined) throw state.refusal;
  };
  const api: NodeApi = {
    async register(body) {
      if (state.isAway || state.isShut) check();
      state.refusal = undefined;
      said.push(`register ${JSON.stringify((body as { leases: string[] }).leases)}`);
      return { session: `s${++state.sessions}`, lease_ms: 30_000, heartbeat_ms: 10_000, stop: state.stop };
    },
    async heartbeat(_session, leases) {
      check();
      await state.slow;
      said.push(`beat ${JSON.stringify(leases)}`);
      return { lease_ms: 30_000, stop: state.stop };
    },
    poll: (_session, waitS, _max, leases, signal) =>
      new Promise((resolve, reject) => {
        said.push(`poll ${waitS} s ${JSON.stringify(leases)}`);
        handOut = resolve;
        signal.addEventListener('abort', () => reject(new NodeApiError(0, 'unreachable', 'aborted')));
      }),
    async report(_session, results) {
      check();
      said.push(...results.map(({ lease, outcome }) => `report ${lease} ${outcome.kind}`));
      return results.map(({ lease }) => ({ lease, status: state.status }));
    },
    ready: async () => true,
    async note() {},
    async drain() {
      said.push('drain');
    },
    async leave() {
      said.push('leave');
    },
  };
  const running = new Map<string, (outcome: Outcome) => void>();
  const executor: Executor = {
    name: 'function',
    types: ['job'],
    run: ({ task, signal }) =>
      new Promise((resolve) => {
        running.set(task.id, resolve);
        signal.addEventListener('abort', () => {
          if (task.id.startsWith('slow')) return;
          running.delete(task.id);
          resolve({ kind: 'stopped' });
        });
      }),
    async close() {},
  };
  const worker = createWorker(
    { api, clock, random: () => 0.5, logger, executors: [executor] },
    { pool: 'p', types: ['job'], slots: 2, parts: true, agent: 'test' },
  );
  const ended = worker.run();
  ended.catch(() => {});
  const pass = (ms: number) => clock.settleTo(clock.monotonicMs() + ms, turn);
  await pass(0);
  return {
    ...{ worker, ended, state, said, logged, errors, running, pass },
    async give(...leases: string[]) {
      handOut({ leases: leases.map(aLease), stop: [] });
      await pass(0);
    },
    async finish(id: string) {
      running.get(id)?.({ kind: 'succeeded', result: id });
      running.delete(id);
      await pass(0);
    },
    /** Polls aside. */
    heard(from = 0) {
      return said.filter((line) => !line.startsWith('poll')).slice(from);
    },
  };
}

describe('a server that wants a key since a worker joined', () => {
  it('is asked again until the lease ends, and its work goes on meanwhile', async () => {
    const { give, finish, pass, heard, state, errors, running } = await setup();
    await give('a', 'b');
    state.isShut = true;
    await pass(15_000);
    expect([...running.keys()]).toEqual(['a', 'b']);
    expect(errors).toEqual([expect.stringContaining('trx keys add NAME --role node')]);
    await finish('a');
    state.isShut = false; // the key was put into the file that it reads
    await pass(15_000);
    expect(heard()).toContain('report a succeeded');
    expect([...running.keys()]).toEqual(['b']);
    state.isShut = true;
    await pass(15_000);
    expect(errors).toHaveLength(2);
  });

  it('is told apart from one that refuses the key it got: another is to take its place', async () => {
    const { give, pass, state, errors, running } = await setup();
    await give('a');
    state.isShut = true;
    await pass(11_000);
    state.isShut = 'forbidden';
    await pass(11_000);
    expect(errors).toEqual([expect.stringContaining('without a key'), expect.stringContaining('err says why')]);
    expect([...running.keys()]).toEqual(['a']);
  });

  it('ends a worker that has got none by then, with what it said', async () => {
    const { give, pass, ended, state, running, errors } = await setup();
    await give('a');
    state.isShut = true;
    await pass(60_000);
    await expect(ended).rejects.toThrow('This server wants a key');
    expect([running.size, errors.length]).toEqual([0, 1]);
  });
});

describe('a worker node', () => {
  it('renews what it holds, and reports what ended', async () => {
    const { give, finish, pass, heard } = await setup();
    await give('a', 'b');
    await pass(10_000);
    await finish('a');
    await pass(10_000);
    expect(heard()).toEqual(['register []', 'beat ["a","b"]', 'report a succeeded', 'beat ["b"]']);
  });

  it('stops its work 2 s before a lease that it could not renew ends, and reports nothing of it', async () => {
    const { give, state, pass, running, heard, said } = await setup();
    await give('a');
    await pass(10_000);
    state.isAway = true;
    await pass(27_900);
    expect([...running.keys()]).toEqual(['a']);
    await pass(100);
    expect([...running.keys()]).toEqual([]);
    state.isAway = false;
    await pass(25_000);
    expect(heard().filter((line) => line.startsWith('report'))).toEqual([]);
    expect(said.at(-1)).toBe('poll 20 s []');
  });

  it('while it has nothing to do renews by its polls alone, and as soon as it gets work', async () => {
    const { give, pass, said } = await setup();
    await pass(15_000);
    await give('a');
    expect(said).toEqual(['register []', 'poll 20 s []', 'poll 20 s ["a"]', 'beat ["a"]']);
    await pass(20_000);
    expect(said.slice(4)).toEqual(['beat ["a"]', 'beat ["a"]']);
  });

  it('gives a poll up that is not answered in its time', async () => {
    const { pass, said } = await setup();
    await pass(29_999);
    expect(said).toEqual(['register []', 'poll 20 s []']);
    await pass(1_000);
    expect(said.slice(2)).toEqual(['beat []', 'poll 20 s []']);
  });

  it('keeps a result until the server is back, and comes back with what it holds', async () => {
    const { give, finish, state, pass, heard } = await setup();
    await give('a', 'b');
    state.isAway = true;
    await finish('a');
    await pass(12_000);
    state.isAway = false;
    state.refusal = new NodeApiError(404, 'unknown_node', 'who?');
    await pass(10_000);
    expect(heard().slice(0, 3)).toEqual(['register []', 'register ["a","b"]', 'report a succeeded']);
  });

  it('keeps a result that waits for other parts, tells it again, and drops it when its task has ended', async () => {
    const { give, finish, state, pass, heard } = await setup();
    await give('a', 'b');
    state.status = 202;
    await finish('a');
    expect(heard()).toEqual(['register []', 'report a succeeded']);
    await pass(10_000);
    expect(heard(2)).toEqual(['beat ["a","b"]', 'report a succeeded']);
    state.refusal = new NodeApiError(404, 'unknown_node', 'who?');
    await pass(9_999);
    expect(heard(4)).toEqual([]);
    await pass(1);
    expect(heard(4)).toEqual(['register ["a","b"]', 'report a succeeded']);
    state.stop = [{ lease: 'a', reason: 'lease_lost' }];
    await pass(10_000);
    state.stop = [];
    const from = heard().length;
    await pass(10_000);
    expect(heard(from)).toEqual(['beat ["b"]']);
  });

  it('throws away what the server says is lost, and ends when another took its name', async () => {
    const { give, state, pass, running, heard, ended } = await setup();
    await give('a', 'b');
    state.stop = [{ lease: 'a', reason: 'lease_lost' }];
    await pass(10_000);
    expect([...running.keys()]).toEqual(['b']);
    expect(heard().at(-1)).toBe('beat ["a","b"]');
    state.refusal = new NodeApiError(409, 'node_replaced', 'another');
    await pass(10_000);
    await expect(ended).rejects.toThrow('another');
    expect([...running.keys()]).toEqual([]);
  });

  it('logs a stop of what runs once, however often it is told, and none of what has ended', async () => {
    const { give, finish, state, pass, logged } = await setup();
    await give('slow', 'b');
    state.status = 202;
    await finish('b'); // it is done, and kept for others of its task
    state.stop = [
      { lease: 'slow', reason: 'part' },
      { lease: 'b', reason: 'lease_lost' },
      { lease: 'unknown', reason: 'lease_lost' },
    ];
    await pass(30_000);
    expect(logged.filter((line) => !line.startsWith('registered'))).toEqual(['told to stop {"stops":[{"lease":"slow","reason":"part"}]}']);
  });

  it('does not end for what a former session is told', async () => {
    const { give, finish, state, pass, heard, running } = await setup();
    await give('a', 'b');
    let refuse = (_error: Error) => {};
    state.slow = new Promise<void>((_, reject) => {
      refuse = reject;
    });
    await pass(10_000);
    state.slow = undefined;
    state.refusal = new NodeApiError(404, 'unknown_node', 'who?');
    await finish('b'); // its report is refused, so it registers
    refuse(new NodeApiError(409, 'node_replaced', 'another'));
    await pass(10_000);
    expect(heard()).toEqual(['register []', 'register ["a","b"]', 'report b succeeded', 'beat ["a"]']);
    expect([...running.keys()]).toEqual(['a']);
  });

  it('drains: what runs may end, what does not is handed back, and it leaves', async () => {
    const { worker, give, finish, pass, heard, ended } = await setup();
    await give('a', 'b');
    worker.stop(5_000);
    await pass(1_000);
    await finish('a');
    await pass(4_000);
    await ended;
    expect(heard()).toEqual(['register []', 'drain', 'report a succeeded', 'report b released', 'leave']);
  });
});
