import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { TaskRouterError } from '../../../src/core/domain/errors.ts';
import type { Store } from '../../../src/core/ports/store.ts';
import { faultOf, refusalOf, SecondWriterError } from '../../../src/store/sqlite/errors.ts';
import { aClaim, aSettlement, aSubmission, noon, running, submitted, succeed } from '../../contract/store-builders.ts';
import { allTasks, checkStore } from '../../contract/store-checks.ts';
import { openDatabase } from './a-database.ts';

const large = { payload: 'x'.repeat(3_000) };

describe('a full disk', () => {
  /** A database that has room for about 200 kB more than it holds after `prepare`. */
  async function aSmallDisk(prepare?: (store: Store) => Promise<unknown>) {
    const database = openDatabase();
    await prepare?.(database.store);
    const pages = database.writerDb.pragma('page_count', { simple: true }) as number;
    database.writerDb.pragma(`max_page_count = ${pages + 50}`);
    return database;
  }

  it('refuses writes, goes on reading, keeps what was acknowledged, and resumes when there is room', async () => {
    const { store, writerDb } = await aSmallDisk();
    const states: string[] = [];
    store.onState((state) => states.push(state));
    let acknowledged = 0;
    const submitUntilFull = async (): Promise<unknown> => {
      for (;;) {
        const error = await submitted(store, large, large).catch((reason: unknown) => reason);
        if (error instanceof TaskRouterError) return error;
        acknowledged += 2;
      }
    };
    expect(await submitUntilFull()).toMatchObject({ code: 'storage_full', retryAfterS: 5 });
    expect(acknowledged).toBeGreaterThan(10);

    expect(store.state()).toBe('full');
    await expect(store.cancelTask(1, noon, 'alice')).rejects.toMatchObject({ code: 'storage_full' });
    expect(await store.ping()).toBe(true);
    expect((await allTasks(store)).length).toBe(acknowledged);
    expect(await store.probe()).toBe(false);
    await checkStore(store);

    writerDb.pragma('max_page_count = 100000');
    expect(await store.probe()).toBe(true);
    expect([store.state(), states]).toEqual(['ok', ['full', 'ok']]);
    expect(await submitted(store, large)).toEqual([acknowledged + 1]);
    expect(writerDb.prepare('SELECT count(*) FROM probe').pluck().get()).toBe(0);
    await checkStore(store);
  });

  it('takes removals all the same: they make room', async () => {
    const { store } = await aSmallDisk(async (roomy) => {
      for (let i = 0; i < 50; i++) await roomy.settleAttempts([aSettlement(await running(roomy, large), succeed)]);
    });
    while (store.state() === 'ok') await submitted(store, large).catch(() => undefined);
    expect(await store.probe()).toBe(false);
    expect(await store.deleteTerminal(100, noon + 1_000, 0)).toBe(50);
    expect(await store.probe()).toBe(true);
    expect(await submitted(store, large)).toHaveLength(1);
    await checkStore(store);
  });

  it('tells everyone in the group, and gives the numbers again', async () => {
    const { store, writerDb } = await aSmallDisk();
    const tooMuch = Array.from({ length: 100 }, () => submitted(store, large));
    const answers = await Promise.allSettled(tooMuch);
    expect(new Set(answers.map((answer) => 'reason' in answer && (answer.reason as TaskRouterError).code))).toEqual(
      new Set(['storage_full']),
    );
    writerDb.pragma('max_page_count = 100000');
    await store.probe();
    expect(await submitted(store, {})).toEqual([1]);
    await checkStore(store);
  });
});

describe('closing', () => {
  it('closes the file and gives it back also when the checkpoint finds no room, and says so', async () => {
    const told: string[] = [];
    let isReleased = false;
    const { store, writerDb } = openDatabase({
      logger: { info() {}, warn: (_fields, message) => told.push(message), error() {} },
      released: () => {
        isReleased = true;
      },
    });
    const pragma = writerDb.pragma.bind(writerDb);
    writerDb.pragma = (source, options) => {
      if (source.startsWith('wal_checkpoint')) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
      return pragma(source, options);
    };
    await store.close();
    expect([writerDb.open, isReleased]).toEqual([false, true]);
    expect(told).toEqual(['the write-ahead log could not be emptied at the end; the next start reads it']);
  });
});

describe('a second writer', () => {
  it('that holds the file: no retry, storage_failed, exit 75', async () => {
    const { store, file } = openDatabase();
    const other = new BetterSqlite3(file);
    other.exec('BEGIN IMMEDIATE');
    const told: unknown[] = [];
    store.onState((...args) => told.push(args));
    await expect(store.submitTasks([aSubmission()])).rejects.toMatchObject({ code: 'storage_failed' });
    other.exec('ROLLBACK');
    other.close();
    await expect(store.submitTasks([aSubmission()])).rejects.toMatchObject({ code: 'storage_failed' });
    expect(told).toEqual([['failed', 'another process writes to the database', 75]]);
  });

  it('that has started since: nothing is written, exit 75', async () => {
    const { store, file } = openDatabase();
    const other = new BetterSqlite3(file);
    other.exec('UPDATE total SET server_epoch = server_epoch + 1');
    const told: unknown[] = [];
    store.onState((...args) => told.push(args));
    await expect(store.submitTasks([aSubmission()])).rejects.toMatchObject({ code: 'storage_failed' });
    expect(other.prepare('SELECT count(*) FROM task').pluck().get()).toBe(0);
    other.close();
    expect(told).toEqual([['failed', 'server start 2 took this database over from start 1', 75]]);
    expect(store.state()).toBe('failed');
  });
});

describe('an operation that cannot be carried out', () => {
  it('fails alone: its neighbours in the group are committed', async () => {
    const logged: unknown[] = [];
    const { store } = openDatabase({ logger: { info() {}, warn() {}, error: (fields) => logged.push(fields) } });
    const twice = aSubmission();
    const answers = await Promise.allSettled([
      store.submitTasks([twice]),
      store.submitTasks([aSubmission({}, { id: twice.id })]),
      store.submitTasks([aSubmission({}, { id: 'no uuid' })]),
      store.submitTasks([aSubmission()]),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect((await allTasks(store)).map((task) => task.seq)).toEqual([2, 1]);
    expect(store.state()).toBe('ok');
    expect(logged.length).toBeGreaterThan(0);
    await checkStore(store);
  });

  it('takes nothing of a batch when one item cannot be stored', async () => {
    const { store } = openDatabase();
    await expect(store.submitTasks([aSubmission({ type: 'new-name' }), aSubmission({}, { id: 'no uuid' })])).rejects.toThrow(TypeError);
    expect(store.counts().byStatus.queued).toBe(0);
    expect(await submitted(store, { type: 'new-name' })).toEqual([1]);
    await checkStore(store);
  });
});

describe('the database itself', () => {
  it('refuses to leave a terminal status, a second end in the log, and a second live attempt', async () => {
    const { store, writerDb } = openDatabase();
    const seq = await running(store);
    expect(() =>
      writerDb.exec(`INSERT INTO attempt (task_seq, attempt, pool, server_epoch, started_at) VALUES (${seq}, 2, 1, 1, 1)`),
    ).toThrow(/UNIQUE/);
    await store.settleAttempts([aSettlement(seq, succeed)]);
    for (const status of [0, 1, 2, 4]) {
      expect(() => writerDb.exec(`UPDATE task SET status = ${status} WHERE seq = ${seq}`)).toThrow('a terminal status is absorbing');
    }
    expect(() => writerDb.exec(`INSERT INTO log (seq, at, type, task_seq) VALUES (999, 1, 8, ${seq})`)).toThrow(/UNIQUE/);
  });
});

describe('the hash chain', () => {
  it.each([
    ['a changed row', "UPDATE log SET details = '[1,2,3]' WHERE seq = 2"],
    ['a row that is gone', 'DELETE FROM log WHERE seq = 2'],
    ['a changed time', 'UPDATE log SET at = at + 1 WHERE seq = 2'],
    ['a changed link', 'UPDATE link SET hash = zeroblob(32) WHERE last_seq = 2'],
    ['a commit that is gone', 'DELETE FROM log WHERE seq = 2; DELETE FROM link WHERE last_seq = 2'],
  ])('notices %s', async (_name, tamper) => {
    const { store, writerDb } = openDatabase();
    await submitted(store, {});
    await submitted(store, {});
    expect(await store.verifyLog()).toEqual({ ok: true, links: 3, brokenAt: undefined });
    writerDb.exec(tamper);
    expect(await store.verifyLog()).toMatchObject({ ok: false });
  });

  it('names the first commit that does not hold', async () => {
    const { store, writerDb } = openDatabase();
    const seqs = await submitted(store, {}, {});
    await store.claimTasks(seqs.map((seq) => aClaim(seq)));
    writerDb.exec('UPDATE log SET at = at + 1 WHERE seq = 3');
    expect((await store.verifyLog()).brokenAt).toBe(3);
  });
});

describe('faultOf', () => {
  const sqlite = (code: string) => Object.assign(new Error(code), { code });

  it.each([
    ['SQLITE_FULL', 'full'],
    ['SQLITE_IOERR_SHMSIZE', 'full'],
    ['SQLITE_IOERR_FSYNC', 70],
    ['SQLITE_IOERR_WRITE', 70],
    ['SQLITE_CORRUPT', 70],
    ['SQLITE_CORRUPT_INDEX', 70],
    ['SQLITE_NOTADB', 70],
    ['SQLITE_READONLY_DBMOVED', 70],
    ['SQLITE_BUSY', 75],
    ['SQLITE_BUSY_SNAPSHOT', 75],
    ['SQLITE_CONSTRAINT_UNIQUE', 'other'],
    ['SQLITE_TOOBIG', 'other'],
    ['ENOENT', 'other'],
  ])('%s', (code, expected) => {
    const fault = faultOf(sqlite(code));
    expect(fault.kind === 'failed' ? fault.exitCode : fault.kind).toBe(expected);
  });

  it('a second writer found in the file ends with 75', () => {
    expect(faultOf(new SecondWriterError('taken over'))).toMatchObject({ kind: 'failed', exitCode: 75 });
    expect(refusalOf(new SecondWriterError('taken over'))).toMatchObject({ code: 'storage_failed' });
    expect(refusalOf(new Error('a bug'))).toBeUndefined();
  });
});
