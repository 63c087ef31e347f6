import { beforeEach, describe, expect, it } from 'vitest';
import type { TaskStatus } from '../../src/core/domain/task-status.ts';
import type { Store } from '../../src/core/ports/store.ts';
import type { TaskFilter, TaskQuery } from '../../src/core/ports/task-store.ts';
import type { Bench } from './store.contract.ts';
import { aClaim, aSettlement, aSubmission, fail, noon, submitted, succeed } from './store-builders.ts';

const tenants = ['acme', 'globex', 'initech'];
const types = ['hash', 'sum'];
const regions = ['us-east', 'eu-west', null];

export function listContract({ open }: Bench): void {
  describe('tasks', () => {
    let store: Store;

    /** 48 tasks, every status and every combination of tenant, type and region among them. */
    beforeEach(async () => {
      store = await open();
      const items = Array.from({ length: 48 }, (_, i) =>
        aSubmission(
          {
            tenant: tenants[i % 3]!,
            type: types[i % 2]!,
            region: regions[Math.floor(i / 2) % 3]!,
            priority: (i % 10) + 1,
            runAt: i % 8 === 0 ? noon + 1e6 : null,
            parts: i % 8 === 3 ? 3 : 1,
          },
          { at: noon + i },
        ),
      );
      await store.submitTasks(items);
      const with8 = (rest: number) => Array.from({ length: 48 }, (_, i) => i + 1).filter((seq) => (seq - 1) % 8 === rest);
      const claimed = [...with8(1), ...with8(2), ...with8(3)];
      const claimOf = (seq: number) => {
        const pool = seq % 3 === 0 ? 'left' : 'right';
        return aClaim(seq, { pool, ...((seq - 1) % 8 === 3 ? { parts: [pool, 'right', seq > 24 ? 'beside' : pool] } : {}) });
      };
      await store.claimTasks(claimed.map(claimOf));
      await store.settleAttempts(with8(2).map((seq) => aSettlement(seq, succeed)));
      await store.settleAttempts(with8(3).map((seq) => aSettlement(seq, fail)));
      for (const seq of with8(4)) await store.cancelTask(seq, noon + 60, 'alice');
    });

    const filters: Record<string, TaskFilter> = {
      everything: {},
      'one status': { status: ['queued'] },
      'completed alone': { status: ['completed'] },
      'open and failed': { status: ['delayed', 'queued', 'processing', 'failed'] },
      'ended in any way': { status: ['completed', 'failed', 'cancelled'] },
      'a type': { type: ['sum'] },
      'both types': { type: ['sum', 'hash'] },
      'a region': { region: ['eu-west'] },
      'type, region and status': { type: ['hash'], region: ['us-east'], status: ['queued', 'delayed'] },
      'a tenant': { tenant: 'globex' },
      'a tenant and a status': { tenant: 'globex', status: ['queued'] },
      'a tenant and completed': { tenant: 'acme', status: ['completed'] },
      'several parts': { partsGte: 2 },
      'one part, and a status': { partsLte: 1, status: ['queued', 'failed'] },
      'so many parts, and a type': { partsGte: 3, partsLte: 3, type: ['sum'] },
      'a pool': { pool: ['left'] },
      'two pools': { pool: ['left', 'right'], status: ['failed'] },
      'a pool of some parts alone': { pool: ['beside'] },
      'pools of which a task may have both': { pool: ['beside', 'right'], status: ['failed', 'processing'] },
      'a seq': { seq: 17 },
      'a seq of another status': { seq: 17, status: ['completed'] },
      priorities: { priorityGte: 4, priorityLte: 6 },
      'a time': { enqueuedAfter: noon + 9, enqueuedBefore: noon + 20 },
      'a name nobody has': { tenant: 'nobody' },
      'a type nobody has, among others': { type: ['nothing', 'hash'] },
      'no status at all': { status: [] },
    };

    it.each(Object.entries(filters))('by key in both directions and by offset: %s', async (_name, filter) => {
      const expected = (await everyTask(store)).filter((task) => matches(task, filter)).map((task) => task.seq);
      const list = (query: Omit<TaskQuery, 'filter'>) => store.tasks({ filter, ...query });
      const seqs = async (query: Omit<TaskQuery, 'filter'>) => (await list(query)).tasks.map((task) => task.seq);

      const whole = await list({ limit: 100 });
      expect(whole.tasks.map((task) => task.seq)).toEqual(expected);
      expect(whole).toMatchObject({ total: expected.length, totalIsCapped: false, hasOlder: false, hasNewer: false });

      for (let i = 0; i < expected.length; i += 3) {
        const older = await list({ limit: 3, ...(i === 0 ? {} : { before: expected[i - 1]! }) });
        expect(older.tasks.map((task) => task.seq)).toEqual(expected.slice(i, i + 3));
        expect(older).toMatchObject({ total: expected.length, hasOlder: i + 3 < expected.length, hasNewer: i > 0 });
        expect(older.lookedDownTo).toBe(older.hasOlder ? older.tasks.at(-1)?.seq : 1);

        const byOffset = await list({ limit: 3, offset: i });
        expect(byOffset).toEqual({ ...older, total: expected.length });

        const newer = await list({ limit: 3, after: expected[i]! });
        expect(newer.tasks.map((task) => task.seq)).toEqual(expected.slice(Math.max(0, i - 3), i));
        expect(newer).toMatchObject({ total: expected.length, hasOlder: true, hasNewer: i > 3 });
      }
      const [newest, oldest] = [expected[0] ?? 1, expected.at(-1) ?? 1];
      expect(await list({ limit: 3, before: oldest })).toMatchObject({ tasks: [], hasOlder: false, hasNewer: expected.length > 0 });
      expect(await list({ limit: 3, after: newest })).toMatchObject({ tasks: [], hasOlder: expected.length > 0, hasNewer: false });
      expect(await list({ limit: 3, offset: 100 })).toMatchObject({ tasks: [], hasOlder: false, hasNewer: expected.length > 0 });
      expect(await seqs({ limit: 100, before: newest + 1, after: oldest - 1 })).toEqual(expected);
    });

    it('caps a total that no counter knows, and not one that a counter knows', async () => {
      await submitted(store, ...Array.from({ length: 11_000 }, () => ({ tenant: 'big', type: 'bulk' })));
      expect(await store.tasks({ filter: { tenant: 'big' }, limit: 1 })).toMatchObject({
        total: 10_000,
        totalIsCapped: true,
        hasOlder: true,
      });
      expect(await store.tasks({ filter: { type: ['bulk'] }, limit: 1 })).toMatchObject({ total: 11_000, totalIsCapped: false });
    });

    it('finds the few of a tenant behind many of another', async () => {
      await submitted(store, ...Array.from({ length: 11_000 }, () => ({ tenant: 'big' })));
      const page = await store.tasks({ filter: { tenant: 'initech' }, limit: 3 });
      expect(page.tasks.map((task) => task.seq)).toEqual([48, 45, 42]);
      expect(page).toMatchObject({ total: 16, totalIsCapped: false, hasOlder: true });
    });

    it('keeps counters true through everything that happened', async () => {
      const { byStatus, completedEver, failedEver, cancelledEver, completedRunMs, costEver } = store.counts();
      expect(byStatus).toEqual({ delayed: 6, queued: 18, processing: 6, completed: 6, failed: 6, cancelled: 6 });
      expect({ completedEver, failedEver, cancelledEver, completedRunMs, costEver }).toEqual({
        completedEver: 6,
        failedEver: 6,
        cancelledEver: 6,
        completedRunMs: 6 * 40,
        costEver: 6,
      });
    });

    it('shows start-up every waiting task in order, and those that run', async () => {
      const seen: [number, number | null][] = [];
      let reused: unknown;
      await store.eachWaiting((entry, dueAt) => {
        reused ??= entry;
        expect(entry).toBe(reused);
        seen.push([entry.seq, dueAt]);
      });
      const waiting = (await everyTask(store)).filter((task) => ['queued', 'delayed'].includes(task.status)).reverse();
      expect(seen).toEqual(waiting.map((task) => [task.seq, task.dueAt]));
      expect((await store.processing()).map(({ task }) => task.seq).toSorted((a, b) => a - b)).toEqual([2, 10, 18, 26, 34, 42]);
    });

    it('shows start-up how long the latest tasks ran, oldest first', async () => {
      const [a, b, c, d] = await submitted(
        store,
        { tenant: 'z', type: 'late', estimateMs: 650 },
        { type: 'early' },
        { type: 'broken' },
        { type: 'stopped' },
      );
      await store.claimTasks([a!, b!, c!].map((seq) => aClaim(seq, { at: noon + 1_000, pool: `pool-${seq}` })));
      await store.settleAttempts([aSettlement(a!, succeed, { at: noon + 1_700 }), aSettlement(b!, succeed, { at: noon + 1_500 })]);
      await store.settleAttempts([aSettlement(c!, fail, { at: noon + 1_600 })]);
      await store.cancelTask(d!, noon + 1_550, 'alice');
      const usual = { slots: 1, cost: 1, parts: null };
      const early = { ...usual, outcome: 'succeeded', tenant: 'default', type: 'early', pool: `pool-${b}`, runMs: 500, statedMs: null };
      const broken = { ...usual, outcome: 'failed', tenant: 'default', type: 'broken', pool: `pool-${c}`, runMs: 600, statedMs: null };
      const late = { ...usual, outcome: 'succeeded', tenant: 'z', type: 'late', pool: `pool-${a}`, runMs: 700, statedMs: 650 };
      expect(await store.recentRuns(4)).toEqual([early, broken, late]);
      expect(await store.recentRuns(2)).toEqual([broken, late]);
      expect((await store.recentRuns(1_000)).map((run) => run.outcome)).toMatchObject(
        expect.not.arrayContaining(['cancelled', 'released']),
      );
    });

    it('shows start-up what scheduling needs of a task', async () => {
      const wanted = {
        tenant: 'z',
        type: 'gpu-work',
        priority: 10,
        cost: 2.5,
        region: null,
        regions: ['eu-west', 'us-east'],
        regionMode: 'prefer',
        resourceType: 'gpu',
        constraints: [{ label: 'zone', op: '!=', value: 'b' }],
      } as const;
      const more = { slots: 2, parts: 3, estimateMs: 900, deadline: noon + 5, maxCost: 1.5, timeoutMs: 9_000 };
      const [seq] = await submitted(store, { ...wanted, ...more });
      let last: unknown;
      await store.eachWaiting((entry) => {
        last = { ...entry };
      });
      expect(last).toEqual({ ...wanted, ...more, seq, readyAt: noon, attempt: 0 });
    });
  });
}

async function everyTask(store: Store) {
  return (await store.tasks({ filter: {}, limit: 1_000 })).tasks;
}

function matches(task: Awaited<ReturnType<typeof everyTask>>[number], filter: TaskFilter): boolean {
  const among = (values: readonly (string | null)[] | undefined, value: string | null) => values === undefined || values.includes(value);
  return (
    (filter.tenant === undefined || task.tenant === filter.tenant) &&
    among(filter.status as readonly TaskStatus[] | undefined, task.status) &&
    among(filter.type, task.type) &&
    among(filter.region, task.region) &&
    (filter.pool === undefined || (task.placement ?? [task.pool]).some((pool) => among(filter.pool, pool))) &&
    (filter.seq ?? task.seq) === task.seq &&
    task.priority >= (filter.priorityGte ?? 1) &&
    task.priority <= (filter.priorityLte ?? 10) &&
    task.parts >= (filter.partsGte ?? 1) &&
    task.parts <= (filter.partsLte ?? 64) &&
    task.enqueuedAt > (filter.enqueuedAfter ?? 0) &&
    task.enqueuedAt < (filter.enqueuedBefore ?? Number.POSITIVE_INFINITY)
  );
}
