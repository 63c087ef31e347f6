/**
 * Figures of speed that do not depend on the speed of the machine: commits and rows per task, bytes per task, and that no statement walks a
 * table that grows. Times and rates are `npm run bench`.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { uuidv7 } from 'uuidv7';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callFrom } from '../../bench/lib/callers.ts';
import { caller, completed, openEngine, setPools, submitMany } from '../../bench/lib/engine.ts';
import type { TaskSpec } from '../../src/core/domain/task.ts';
import { noMetrics } from '../../src/core/ports/metrics.ts';
import type { Store } from '../../src/core/ports/store.ts';
import type { Claim, Settlement, Submission } from '../../src/core/ports/task-store.ts';
import { createSystemClock } from '../../src/core/system/system-clock.ts';
import { packageRoot } from '../../src/store/package-root.ts';
import { openReader, openWriter, setUpWriter } from '../../src/store/sqlite/connection.ts';
import { migrateSchema } from '../../src/store/sqlite/migrate.ts';
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';

const payload = { order: 'A-1027', items: 3 };
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trx-figures-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('commits', () => {
  test('64 callers share them: a task that is submitted, run and settled costs less than a twentieth of a commit', async () => {
    const tasks = 2_000;
    let commits = 0;
    const metrics = { ...noMetrics, commit: () => commits++ };
    const { engine, close } = await openEngine(folder, { slotsPerPool: 125, state: 'active', metrics, clock: frozenClock() });
    await engine.start();
    commits = 0;

    await callFrom(64, tasks, () => engine.submit({ type: 'noop', payload }, caller));
    await completed(engine, tasks);
    expect(commits / tasks).toBeLessThan(0.05);
    await close();
  });

  test('a queue that waits is drained in full batches', async () => {
    const tasks = 5_000;
    let commits = 0;
    const metrics = { ...noMetrics, commit: () => commits++ };
    const { engine, close } = await openEngine(folder, { slotsPerPool: 125, state: 'paused', metrics, clock: frozenClock() });
    await engine.start();
    await submitMany(engine, tasks, payload);
    commits = 0;

    await setPools(engine, 'active');
    await completed(engine, tasks);
    expect(commits / tasks).toBeLessThan(0.02);
    await close();
  });
});

describe('bytes', () => {
  test('a queued task takes at most 200 bytes on disk, a finished one with its attempt and log at most 450', async () => {
    const tasks = 10_000;
    const grown = async (work: (open: Awaited<ReturnType<typeof openEngine>>) => Promise<void>) => {
      const open = await openEngine(folder, { slotsPerPool: 125, state: 'paused', durability: 'normal' });
      await open.engine.start();
      await work(open);
      await open.close();
      return statSync(join(folder, 'taskrouterx.db')).size;
    };
    const empty = await grown(async () => {});
    const queued = await grown(({ engine }) => submitMany(engine, tasks, payload));
    const finished = await grown(async ({ engine }) => {
      await setPools(engine, 'active');
      await completed(engine, tasks);
    });

    expect((queued - empty) / tasks).toBeLessThan(200);
    expect((finished - empty) / tasks).toBeLessThan(450);
  });
});

describe('rows', () => {
  test('a task costs two rows to accept, three to claim, three to settle, whatever its neighbours', async () => {
    const { store, changes } = setup();
    await rowsOfLife(store, changes, 1); // names are stored the first time they are met
    const few = await rowsOfLife(store, changes, 10);
    const many = await rowsOfLife(store, changes, 110);

    const perTask = (verb: keyof typeof few) => (many[verb] - few[verb]) / 100;
    expect({ submit: perTask('submit'), claim: perTask('claim'), settle: perTask('settle') }).toEqual({ submit: 2, claim: 3, settle: 3 });
    await store.close();
  });
});

describe('query plans', () => {
  test('no statement scans a table that grows with tasks', async () => {
    const { store, statements, plan } = setup();
    await useEverything(store);

    expect(statements.size).toBeGreaterThan(40);
    const scans = [...statements]
      .filter((sql) => !isBounded(sql))
      .flatMap((sql) =>
        plan(sql)
          .filter((step) => growingTables.test(step))
          .map((step) => `${step}: ${sql}`),
      );
    expect(scans).toEqual([]);
    await store.close();
  });

  test('a scan of a growing table would be noticed', async () => {
    const { store, plan } = setup();
    const steps = plan('SELECT seq FROM task WHERE priority = 3 LIMIT 5');
    expect(steps.some((step) => growingTables.test(step))).toBe(true);
    await store.close();
  });

  test('the newest page, a page by status, a task by id and a due retention each use their index', async () => {
    const { store, statements, plan } = setup();
    await useEverything(store);
    const plansOf = (part: RegExp) => [...statements].filter((sql) => part.test(sql)).map((sql) => plan(sql).join(' '));

    for (const [part, index] of [
      [/FROM task NOT INDEXED WHERE seq >= \? AND seq < \? ORDER BY seq DESC/, /SEARCH task USING INTEGER PRIMARY KEY/],
      [/FROM task WHERE seq >= \? AND seq < \? AND status = \? .*ORDER BY seq DESC/, /SEARCH task USING (COVERING )?INDEX task_status/],
      [/FROM task WHERE id = \?/, /SEARCH task USING INDEX task_id/],
      [/FROM task WHERE completed_at IS NOT NULL/, /SEARCH task USING (COVERING )?INDEX task_completed_at/],
    ] as const) {
      const plans = plansOf(part);
      expect(plans, String(part)).not.toEqual([]);
      for (const steps of plans) expect(steps).toMatch(index);
    }
    await store.close();
  });
});

/** `SCAN x` reads all of x. What is as large as the catalogue, is one row, or holds the operator's own acts, may be scanned. */
const growingTables = /^SCAN (task|attempt|log|link|idempotency|removed_task)\b(?! USING (COVERING )?INDEX log_system)/;

/** The first few of a table in the order of its key, without a condition that could pass rows over. */
function isBounded(sql: string): boolean {
  return /FROM \w+ ORDER BY (last_seq|task_seq)( DESC)? LIMIT/.test(sql);
}

/** Groups are cut after some time of work too, which a slow machine would reach: time stands still, and only rows cut them. */
function frozenClock() {
  return { ...createSystemClock(), monotonicMs: () => 0 };
}

/** A store on connections of our own, which tell every statement that is prepared and every row that is changed. */
function setup() {
  const file = join(folder, 'taskrouterx.db');
  const writerDb = openWriter(file);
  setUpWriter(writerDb, 'full');
  migrateSchema(writerDb, join(packageRoot(), 'src/store/sqlite/migrations'));
  const readerDb = openReader(file);
  const statements = new Set<string>();
  for (const db of [writerDb, readerDb]) {
    const prepare = db.prepare.bind(db);
    db.prepare = ((sql: string) => {
      statements.add(sql);
      return prepare(sql);
    }) as typeof db.prepare;
  }
  const store = createSqliteStore({
    ...{ writerDb, readerDb, durability: 'full', clock: createSystemClock(), metrics: noMetrics },
    serverEpoch: writerDb.prepare<[], number>('SELECT server_epoch FROM total').pluck().get() ?? 0,
    logger: { info() {}, warn() {}, error() {} },
    released: () => {},
  });
  const own = new Database(file, { readonly: true });
  const total = writerDb.prepare<[], number>('SELECT total_changes()').pluck();
  return {
    store: { ...store, close: () => store.close().finally(() => own.close()) },
    statements,
    changes: () => total.get() ?? 0,
    plan: (sql: string) => (/^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/i.test(sql) ? stepsOf(own, sql) : []),
  };
}

function stepsOf(db: Database.Database, sql: string): readonly string[] {
  const parameters = new Array(sql.split('?').length - 1).fill(null);
  const named = Object.fromEntries([...sql.matchAll(/[:@](\w+)/g)].map(([, name]) => [name, null]));
  const rows = db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...(parameters.length > 0 ? parameters : Object.keys(named).length > 0 ? [named] : []));
  return (rows as { readonly detail: string }[]).map(({ detail }) => detail);
}

/** @returns rows changed by each verb, over so many tasks and one commit */
async function rowsOfLife(store: Store, changes: () => number, tasks: number) {
  const at = Date.now();
  const count = async <Result>(work: Promise<Result>): Promise<[Result, number]> => {
    const before = changes();
    return [await work, changes() - before];
  };
  const [receipts, submit] = await count(store.submitTasks(Array.from({ length: tasks }, () => submission(at))));
  const seqs = receipts.map((receipt) => ('task' in receipt ? receipt.task.seq : 0));
  const [, claim] = await count(store.claimTasks(seqs.map((seq) => claimOf(seq, at))));
  const [, settle] = await count(store.settleAttempts(seqs.map((seq) => success(seq, at))));
  return { submit, claim, settle };
}

/** Every verb and every read of a store at least once, lists with all their filters. */
async function useEverything(store: Store): Promise<void> {
  const at = Date.now();
  const key = { key: 'k', fingerprint: 'f' };
  const receipts = await store.submitTasks([
    ...Array.from({ length: 6 }, () => submission(at)),
    { ...submission(at), idempotency: key },
    { ...submission(at), spec: { ...spec, runAt: at + 1_000 } },
  ]);
  await store.submitTasks([{ ...submission(at), idempotency: key }]);
  const tasks = receipts.flatMap((receipt) => ('task' in receipt ? [receipt.task] : []));
  const [first = 0, second = 0, third = 0, fourth = 0] = tasks.map((task) => task.seq);
  await store.claimTasks([claimOf(first, at), claimOf(second, at)]);
  await store.settleAttempts([success(first, at)]);
  await store.makeDue([tasks.at(-1)?.seq ?? 0], at + 1_000);
  await store.cancelTask(second, at, 'test');
  await store.cancelTask(third, at, 'test');
  await store.expireTasks([fourth], at);

  await store.task(tasks[0]?.id ?? '');
  await store.taskBySeq(first);
  await store.attempts(first);
  await store.processing();
  await store.eachWaiting(() => {});
  await store.taskLog(first, 10);
  await store.logAfter(0, 10);
  for (const query of [{}, { before: 5 }, { offset: 2 }, { taskSeq: first }, { system: true }, { types: ['created' as const] }])
    await store.log({ limit: 3, ...query });
  const filters = [
    {},
    { status: ['queued' as const] },
    { status: ['completed' as const, 'failed' as const] },
    { tenant: 'default' },
    { type: ['noop'] },
    { region: ['us-east'] },
    { pool: ['pool-1'] },
    { seq: first },
    { priorityGte: 2, priorityLte: 9 },
    { enqueuedAfter: 1, enqueuedBefore: at + 1 },
  ];
  for (const filter of filters)
    for (const place of [{}, { before: 5 }, { after: 2 }, { offset: 1 }]) await store.tasks({ filter, limit: 3, ...place });

  await store.deleteTerminal(10, at + 60_000, at + 60_000);
  await store.pruneLog(10, at + 60_000);
  await store.verifyLog();
  await store.ping();
}

const spec: TaskSpec = {
  ...{ tenant: 'default', type: 'noop', priority: 5, cost: 1, slots: 1, parts: 1 },
  ...{ region: 'us-east', regions: null, regionMode: 'prefer', resourceType: null, constraints: null },
  ...{ estimateMs: null, deadline: null, maxCost: null, runAt: null, timeoutMs: 60_000, maxAttempts: 3, metadata: null, payload },
};

function submission(at: number): Submission {
  return { id: uuidv7(), spec, at, initiatedBy: 'test', retryOf: null, dependsOn: null, idempotency: null, simulation: null };
}

function claimOf(seq: number, at: number): Claim {
  const details = { worker_pool: 'pool-1', algorithm: 'fifo', region: 'us-east', cost_per_unit: 0.5, attempt: 1, epoch: 1 };
  return { seq, attempt: 1, at, pool: 'pool-1', handledBy: 'test', algorithm: 'fifo', details };
}

function success(seq: number, at: number): Settlement {
  return { seq, attempt: 1, at, durationMs: 0, cost: 0.5, verdict: { verb: 'succeed', result: null } };
}
