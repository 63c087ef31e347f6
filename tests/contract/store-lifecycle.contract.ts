import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../src/core/domain/attempt.ts';
import type { EventType } from '../../src/core/domain/events.ts';
import type { Task } from '../../src/core/domain/task.ts';
import { entryOf } from '../../src/core/domain/task.ts';
import type { TaskStatus } from '../../src/core/domain/task-status.ts';
import type { Verdict } from '../../src/core/domain/verdict.ts';
import type { Store } from '../../src/core/ports/store.ts';
import type { Bench } from './store.contract.ts';
import { aClaim, aSettlement, fail, noon, running, submitted, succeed } from './store-builders.ts';

const error = { code: 'boom', message: 'it broke' };
const dueAt = noon + 5_000;

export function lifecycleContract({ open, crash }: Bench): void {
  describe('claimTasks', () => {
    it('opens the attempt and says who decided and who runs it', async () => {
      const store = await open();
      const [seq] = await submitted(store, { payload: 'hello' });
      const claim = aClaim(seq!, { pool: 'us-east-cpu-pool', handledBy: 'server-9', algorithm: 'min_cost' });
      const [task] = await store.claimTasks([claim]);

      expect(task).toMatchObject({
        seq,
        status: 'processing',
        attempt: 1,
        attemptsUsed: 1,
        startedAt: noon + 10,
        pool: 'us-east-cpu-pool',
        handledBy: 'server-9',
        algorithmUsed: 'min_cost',
        payload: 'hello',
      });
      expect(await store.taskBySeq(seq!)).toEqual(task);
      expect(await store.attempts(seq!)).toEqual([
        {
          taskSeq: seq,
          attempt: 1,
          pool: 'us-east-cpu-pool',
          nodeId: null,
          serverEpoch: store.serverEpoch,
          startedAt: noon + 10,
          endedAt: null,
          outcome: null,
        },
      ]);
      expect((await store.taskLog(seq!, 10))[1]).toMatchObject({ type: 'scheduled', at: noon + 10, details: claim.details });
    });

    it('keeps details that are more, or fewer, than usual', async () => {
      const store = await open();
      const [a, b] = await submitted(store, {}, {});
      const more = { ...aClaim(a!).details, margin: 0.25, why: ['near', { and: 'cheap' }] };
      const fewer = { worker_pool: 'local', region: 'us-east' };
      await store.claimTasks([aClaim(a!, { details: more }), aClaim(b!, { details: fewer })]);
      expect((await store.taskLog(a!, 10))[1]?.details).toEqual(more);
      expect((await store.taskLog(b!, 10))[1]?.details).toEqual(fewer);
    });

    it('says which node has it from the start on', async () => {
      const store = await open();
      const [seq] = await submitted(store, {});
      const claim = aClaim(seq!, { handledBy: 'eu-1', node: 'eu-1', details: { ...aClaim(seq!).details, node: 'eu-1' } });
      const [task] = await store.claimTasks([claim]);
      expect(task).toMatchObject({ status: 'processing', nodeId: 'eu-1', handledBy: 'eu-1' });
      expect(await store.taskBySeq(seq!)).toEqual(task);
      expect(await store.attempts(seq!)).toMatchObject([{ attempt: 1, nodeId: 'eu-1' }]);
      expect((await store.taskLog(seq!, 10)).at(-1)).toMatchObject({ type: 'scheduled', details: claim.details });
      expect(await (await crash(store)).processing()).toMatchObject([{ task: { seq, nodeId: 'eu-1' } }]);
    });

    it('gives a task to the first of two claims, in one call and in two', async () => {
      const store = await open();
      const [a, b] = await submitted(store, {}, {});
      const [first, second] = await store.claimTasks([aClaim(a!, { pool: 'one' }), aClaim(a!, { pool: 'two' })]);
      expect([first?.pool, second]).toEqual(['one', undefined]);

      const [won, lost] = await Promise.all([
        store.claimTasks([aClaim(b!, { pool: 'one' })]),
        store.claimTasks([aClaim(b!, { pool: 'two' })]),
      ]);
      expect([won[0]?.pool, lost[0]]).toEqual(['one', undefined]);
      expect(await store.attempts(b!)).toHaveLength(1);
    });

    it('changes nothing where the attempt is not the next one', async () => {
      const store = await open();
      const [seq] = await submitted(store, {});
      expect(await store.claimTasks([aClaim(seq!, { attempt: 2 }), aClaim(seq!, { attempt: 0 }), aClaim(99)])).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      expect(await store.taskBySeq(seq!)).toMatchObject({ status: 'queued', attempt: 0 });
    });

    it('changes nothing where the task is not queued', async () => {
      const store = await open();
      const [delayed, cancelled] = await submitted(store, { runAt: noon + 1_000 }, {});
      await store.cancelTask(cancelled!, noon, 'alice');
      expect(await store.claimTasks([aClaim(delayed!), aClaim(cancelled!)])).toEqual([undefined, undefined]);
    });
  });

  describe('leaseAttempts', () => {
    const aLease = (seq: number, changes = {}) => ({ seq, attempt: 1, at: noon + 20, node: 'eu-1', ...changes });

    it('says which node holds the attempt, on the task, its attempt and in the log', async () => {
      const store = await open();
      const seq = await running(store);
      expect(await store.leaseAttempts([aLease(seq)])).toEqual([true]);
      const entry = (await store.taskLog(seq, 10)).at(-1);
      expect(entry).toMatchObject({ type: 'leased', at: noon + 20, details: { node: 'eu-1', attempt: 1 } });
      expect(await store.taskBySeq(seq)).toMatchObject({ status: 'processing', nodeId: 'eu-1', handledBy: 'eu-1', version: entry?.seq });
      expect(await store.attempts(seq)).toMatchObject([{ attempt: 1, nodeId: 'eu-1', endedAt: null }]);
      expect(await store.settleAttempts([aSettlement(seq, succeed)])).toMatchObject([{ kind: 'settled' }]);
      expect(await store.taskBySeq(seq)).toMatchObject({ status: 'completed', nodeId: 'eu-1', handledBy: 'eu-1' });
    });

    it('changes nothing for another attempt, an ended one, a waiting task and an unknown one', async () => {
      const store = await open();
      const seq = await running(store);
      const done = await running(store);
      const [waiting] = await submitted(store, {});
      await store.settleAttempts([aSettlement(done, succeed)]);
      const before = store.logBounds().head;
      const leases = [aLease(seq, { attempt: 2 }), aLease(done), aLease(waiting!), aLease(99)];
      expect(await store.leaseAttempts(leases)).toEqual([false, false, false, false]);
      expect(store.logBounds().head).toBe(before);
    });

    it('is forgotten by the next attempt, and kept with its own', async () => {
      const store = await open();
      const seq = await running(store);
      await store.leaseAttempts([aLease(seq)]);
      await store.settleAttempts([aSettlement(seq, { verb: 'release' })]);
      const [task] = await store.claimTasks([aClaim(seq, { attempt: 2 })]);
      expect(task).toMatchObject({ attempt: 2, nodeId: null, handledBy: 'server-1' });
      expect(await store.taskBySeq(seq)).toEqual(task);
      expect(await store.attempts(seq)).toMatchObject([{ nodeId: 'eu-1' }, { nodeId: null }]);
    });

    it('says of several parts which node has each, from the claim on or later, and forgets it with the next attempt', async () => {
      const store = await open();
      const [seq, other] = await submitted(store, { parts: 3 }, { parts: 2 });
      const nodes = ['eu-1', null, 'eu-2'];
      const claim = aClaim(seq!, { parts: ['a', 'b', 'a'], node: 'eu-1', nodes, handledBy: 'eu-1' });
      const [task] = await store.claimTasks([claim, aClaim(other!, { parts: ['a', 'a'] })]);
      expect(task).toMatchObject({ nodeId: 'eu-1', partNodes: nodes, placement: ['a', 'b', 'a'] });
      expect(await store.taskBySeq(seq!)).toEqual(task);
      expect(await store.taskBySeq(other!)).toMatchObject({ nodeId: null, partNodes: null });
      expect(await store.leaseAttempts([aLease(other!, { nodes: ['eu-1', 'eu-2'] })])).toEqual([true]);
      expect(await store.taskBySeq(other!)).toMatchObject({ nodeId: 'eu-1', partNodes: ['eu-1', 'eu-2'], handledBy: 'eu-1' });
      expect((await store.taskLog(other!, 10)).at(-1)?.details).toEqual({ node: 'eu-1', attempt: 1, nodes: ['eu-1', 'eu-2'] });
      const next = await crash(store);
      expect((await next.processing()).map((one) => one.task.partNodes)).toEqual([nodes, ['eu-1', 'eu-2']]);
      await next.settleAttempts([aSettlement(seq!, { verb: 'release' })]);
      const [again] = await next.claimTasks([aClaim(seq!, { attempt: 2, parts: ['b', 'b', 'b'] })]);
      expect(again).toMatchObject({ nodeId: null, partNodes: null });
    });

    it('outlives the server that gave it', async () => {
      const store = await open();
      const seq = await running(store);
      await store.leaseAttempts([aLease(seq)]);
      const next = await crash(store);
      expect(await next.processing()).toMatchObject([{ serverEpoch: store.serverEpoch, task: { seq, nodeId: 'eu-1' } }]);
      expect(await next.leaseAttempts([aLease(seq, { node: 'eu-2' })])).toEqual([true]);
      expect((await next.taskLog(seq, 10)).map(({ type }) => type)).toEqual(['created', 'scheduled', 'leased', 'leased']);
    });
  });

  describe('settleAttempts', () => {
    interface Case {
      readonly verdict: Verdict;
      readonly status: TaskStatus;
      readonly outcome: AttemptOutcome;
      readonly event: EventType;
      readonly task: Partial<Task>;
      readonly details: object;
    }
    const ended = { attempt: 1, duration_ms: 40, actual_cost: 0.5 };
    const again = { attempt: 1, duration_ms: 40, due_at: new Date(dueAt).toISOString(), ...error };
    const cases: Record<string, Case> = {
      succeed: {
        verdict: succeed,
        status: 'completed',
        outcome: 'succeeded',
        event: 'completed',
        task: { completedAt: noon + 50, result: { answer: 42 }, error: null },
        details: ended,
      },
      fail: {
        verdict: { verb: 'fail', error, outcome: 'failed' },
        status: 'failed',
        outcome: 'failed',
        event: 'failed',
        task: { completedAt: noon + 50, result: null, error },
        details: { ...ended, ...error },
      },
      'fail, timed out': {
        verdict: { verb: 'fail', error, outcome: 'timed_out' },
        status: 'failed',
        outcome: 'timed_out',
        event: 'failed',
        task: { error },
        details: { ...ended, ...error },
      },
      lose: {
        verdict: { verb: 'lose', error },
        status: 'failed',
        outcome: 'lost',
        event: 'failed',
        task: { error, attemptsUsed: 1 },
        details: { ...ended, ...error },
      },
      expire: {
        verdict: { verb: 'expire', error },
        status: 'failed',
        outcome: 'timed_out',
        event: 'failed',
        task: { error },
        details: { ...ended, ...error },
      },
      'retry, failed': {
        verdict: { verb: 'retry', error, dueAt, outcome: 'failed' },
        status: 'delayed',
        outcome: 'failed',
        event: 'retried',
        task: { dueAt, completedAt: null, error, attemptsUsed: 1, readyAt: noon },
        details: again,
      },
      'retry, timed out': {
        verdict: { verb: 'retry', error, dueAt, outcome: 'timed_out' },
        status: 'delayed',
        outcome: 'timed_out',
        event: 'retried',
        task: { dueAt },
        details: again,
      },
      'retry, lost': {
        verdict: { verb: 'retry', error, dueAt, outcome: 'lost' },
        status: 'delayed',
        outcome: 'lost',
        event: 'lost',
        task: { dueAt, attemptsUsed: 1 },
        details: again,
      },
      release: {
        verdict: { verb: 'release' },
        status: 'queued',
        outcome: 'released',
        event: 'released',
        task: { attempt: 1, attemptsUsed: 0, completedAt: null, dueAt: null },
        details: { attempt: 1, duration_ms: 40 },
      },
      stopped: {
        verdict: { verb: 'stopped' },
        status: 'cancelled',
        outcome: 'cancelled',
        event: 'cancelled',
        task: { completedAt: noon + 50, result: null, error: null },
        details: ended,
      },
    };

    it.each(Object.entries(cases))('%s', async (_name, { verdict, status, outcome, event, task, details }) => {
      const store = await open();
      const seq = await running(store);
      expect(await store.settleAttempts([aSettlement(seq, verdict)])).toEqual([{ kind: 'settled', status, outcome }]);
      expect(await store.taskBySeq(seq)).toMatchObject({ status, actualCost: 0.5, startedAt: noon + 10, pool: 'local', ...task });
      expect(await store.attempts(seq)).toMatchObject([{ attempt: 1, endedAt: noon + 50, outcome }]);
      expect((await store.taskLog(seq, 10)).at(-1)).toMatchObject({ type: event, at: noon + 50 });
      expect((await store.taskLog(seq, 10)).at(-1)?.details).toEqual(details);
    });

    it('is stale for another attempt, an ended one, a waiting task and an unknown one', async () => {
      const store = await open();
      const seq = await running(store);
      const [waiting] = await submitted(store, {});
      const stale = { kind: 'stale' };
      expect(
        await store.settleAttempts([aSettlement(seq, succeed, { attempt: 2 }), aSettlement(waiting!, succeed), aSettlement(99, succeed)]),
      ).toEqual([stale, stale, stale]);
      expect(await store.settleAttempts([aSettlement(seq, succeed), aSettlement(seq, fail)])).toMatchObject([{ kind: 'settled' }, stale]);
      expect(await store.settleAttempts([aSettlement(seq, fail)])).toEqual([stale]);
      expect(await store.taskBySeq(seq)).toMatchObject({ status: 'completed', result: { answer: 42 } });
    });

    it('refuses the late result of an attempt that was given up, while the next one runs', async () => {
      const store = await open();
      const seq = await running(store);
      await store.settleAttempts([aSettlement(seq, { verb: 'retry', error, dueAt, outcome: 'lost' })]);
      await store.makeDue([seq], dueAt);
      await store.claimTasks([aClaim(seq, { attempt: 2, at: dueAt })]);
      expect(await store.settleAttempts([aSettlement(seq, succeed, { attempt: 1 })])).toEqual([{ kind: 'stale' }]);
      expect(await store.settleAttempts([aSettlement(seq, succeed, { attempt: 2, at: dueAt + 9 })])).toMatchObject([
        { status: 'completed' },
      ]);
      expect(await store.taskBySeq(seq)).toMatchObject({ attempt: 2, attemptsUsed: 2, actualCost: 1, error: null, startedAt: dueAt });
      expect((await store.attempts(seq)).map((attempt) => attempt.outcome)).toEqual(['lost', 'succeeded']);
    });

    it('does not count a released attempt, and opens a new number next time', async () => {
      const store = await open();
      const seq = await running(store);
      await store.settleAttempts([aSettlement(seq, { verb: 'release' }, { cost: 0 })]);
      expect(await store.claimTasks([aClaim(seq), aClaim(seq, { attempt: 2 })])).toMatchObject([
        undefined,
        { attempt: 2, attemptsUsed: 1 },
      ]);
    });

    it('settles an attempt that an earlier server start opened', async () => {
      const before = await open();
      const seq = await running(before);
      const store = await crash(before);
      expect(await store.processing()).toMatchObject([{ task: { seq, status: 'processing' }, serverEpoch: before.serverEpoch }]);
      expect(await store.settleAttempts([aSettlement(seq, { verb: 'lose', error })])).toMatchObject([{ kind: 'settled', outcome: 'lost' }]);
      expect(await store.processing()).toEqual([]);
    });

    it.each(Object.entries(cases))('after a requested cancel, %s means stopped, but for expire', async (_name, { verdict, status }) => {
      const store = await open();
      const seq = await running(store);
      expect(await store.cancelTask(seq, noon + 20, 'alice')).toEqual({ kind: 'requested', attempt: 1 });
      const expected = verdict.verb === 'expire' ? { status, outcome: 'timed_out' } : { status: 'cancelled', outcome: 'cancelled' };
      expect(await store.settleAttempts([aSettlement(seq, verdict)])).toMatchObject([expected]);
      const task = await store.taskBySeq(seq);
      expect(task).toMatchObject({ status: expected.status, cancelRequestedAt: noon + 20, result: null, dueAt: null });
    });

    it('adds up money without drifting', async () => {
      const store = await open();
      for (const cost of [0.1, 0.2, 0.7, 0.000001]) await store.settleAttempts([aSettlement(await running(store), succeed, { cost })]);
      expect(store.counts().costEver).toBe(1.000001);
    });
  });

  describe('makeDue', () => {
    it('queues delayed tasks and returns what scheduling needs', async () => {
      const store = await open();
      const needs = { regions: ['eu-west'], resourceType: 'gpu', constraints: [{ label: 'zone', op: 'exists' }] } as const;
      const [seq] = await submitted(store, { runAt: noon + 1_000, deadline: noon + 9_000, tenant: 'acme', ...needs });
      const [entry] = await store.makeDue([seq!], noon + 1_000);
      const task = await store.taskBySeq(seq!);
      expect(task).toMatchObject({ status: 'queued', dueAt: null, readyAt: noon + 1_000 });
      expect(entry).toEqual(entryOf(task!));
      expect(entry).toMatchObject(needs);
      expect((await store.taskLog(seq!, 10)).at(-1)).toMatchObject({ type: 'queued', at: noon + 1_000, details: {} });
    });

    it('changes nothing where the task is not delayed any more', async () => {
      const store = await open();
      const [queued, delayed] = await submitted(store, {}, { runAt: noon + 1_000 });
      const entries = await store.makeDue([queued!, delayed!, delayed!, 99], noon);
      expect(entries.map((entry) => entry?.seq)).toEqual([undefined, delayed, undefined, undefined]);
    });
  });

  describe('cancelTask', () => {
    it.each([{}, { runAt: noon + 1_000 }])('ends a task that waits: %j', async (spec) => {
      const store = await open();
      const [seq] = await submitted(store, spec);
      expect(await store.cancelTask(seq!, noon + 5, 'alice')).toEqual({ kind: 'cancelled' });
      expect(await store.taskBySeq(seq!)).toMatchObject({ status: 'cancelled', completedAt: noon + 5, dueAt: null });
      expect((await store.taskLog(seq!, 10)).at(-1)).toMatchObject({ type: 'cancelled', details: { by: 'alice' } });
    });

    it('asks a running one to stop, once', async () => {
      const store = await open();
      const seq = await running(store);
      expect(await store.cancelTask(seq, noon + 20, 'alice')).toEqual({ kind: 'requested', attempt: 1 });
      const version = (await store.taskBySeq(seq))!.version;
      expect(await store.cancelTask(seq, noon + 30, 'bob')).toEqual({ kind: 'requested', attempt: 1 });
      expect(await store.taskBySeq(seq)).toMatchObject({ status: 'processing', cancelRequestedAt: noon + 20, version });
      expect((await store.taskLog(seq, 10)).at(-1)).toMatchObject({ type: 'cancel_requested', details: { by: 'alice', attempt: 1 } });
    });

    it('says when it is too late, and when there is no such task', async () => {
      const store = await open();
      const seq = await running(store);
      await store.settleAttempts([aSettlement(seq, succeed)]);
      expect(await store.cancelTask(seq, noon + 60, 'alice')).toEqual({ kind: 'terminal', status: 'completed' });
      expect(await store.cancelTask(99, noon + 60, 'alice')).toEqual({ kind: 'unknown' });
    });
  });

  describe('expireTasks', () => {
    it('fails tasks that wait, and no others', async () => {
      const store = await open();
      const [queued, delayed, cancelled] = await submitted(store, { deadline: noon + 5 }, { runAt: noon + 1_000 }, {});
      await store.cancelTask(cancelled!, noon, 'alice');
      const processing = await running(store);
      expect(await store.expireTasks([queued!, delayed!, cancelled!, processing, 99, queued!], noon + 6)).toEqual([
        true,
        true,
        false,
        false,
        false,
        false,
      ]);
      for (const seq of [queued!, delayed!]) {
        expect(await store.taskBySeq(seq)).toMatchObject({
          status: 'failed',
          completedAt: noon + 6,
          dueAt: null,
          attempt: 0,
          error: { code: 'deadline_exceeded' },
        });
        expect((await store.taskLog(seq, 10)).at(-1)).toMatchObject({ type: 'failed', details: { code: 'deadline_exceeded' } });
      }
    });
  });

  describe('a terminal status', () => {
    const endings: Record<string, (store: Store) => Promise<number>> = {
      async completed(store) {
        const seq = await running(store);
        await store.settleAttempts([aSettlement(seq, succeed)]);
        return seq;
      },
      async failed(store) {
        const seq = await running(store);
        await store.settleAttempts([aSettlement(seq, fail)]);
        return seq;
      },
      async cancelled(store) {
        const [seq] = await submitted(store, {});
        await store.cancelTask(seq!, noon, 'alice');
        return seq!;
      },
    };

    it.each(Object.entries(endings))('%s is never left, whatever is asked', async (status, end) => {
      const store = await open();
      const seq = await end(store);
      const before = await store.taskBySeq(seq);
      expect(before?.status).toBe(status);

      const attempt = before!.attempt;
      expect(await store.claimTasks([aClaim(seq, { attempt: attempt + 1 })])).toEqual([undefined]);
      expect(await store.settleAttempts([aSettlement(seq, succeed, { attempt }), aSettlement(seq, fail, { attempt })])).toEqual([
        { kind: 'stale' },
        { kind: 'stale' },
      ]);
      expect(await store.makeDue([seq], noon)).toEqual([undefined]);
      expect(await store.expireTasks([seq], noon)).toEqual([false]);
      expect(await store.cancelTask(seq, noon, 'alice')).toEqual({ kind: 'terminal', status });
      expect(await store.taskBySeq(seq)).toEqual(before);
    });
  });
}
