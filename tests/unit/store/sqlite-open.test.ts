import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { PoolSpec } from '../../../src/core/domain/pool.ts';
import type { Store } from '../../../src/core/ports/store.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { apply, openReader, openWriter, setUpWriter } from '../../../src/store/sqlite/connection.ts';
import { aPool, noon, submitted } from '../../contract/store-builders.ts';
import { checkStore } from '../../contract/store-checks.ts';
import { aClock } from '../../contract/store-clock.ts';
import { aFolder, kept, quiet } from './a-database.ts';

const open = async (dataDir: string, durability: 'full' | 'normal' = 'full'): Promise<Store> =>
  kept(await openStore({ dataDir, durability, clock: aClock(), logger: quiet }));
const databaseIn = (dataDir: string) => join(dataDir, 'taskrouterx.db');

/** Makes a database with a task in it, closed in good order. */
async function aClosedDatabase(): Promise<string> {
  const dataDir = aFolder();
  const store = await open(dataDir);
  await submitted(store, { payload: 'x'.repeat(20_000) });
  await store.close();
  return dataDir;
}

function inside(dataDir: string, change: (db: BetterSqlite3.Database) => void): void {
  const db = new BetterSqlite3(databaseIn(dataDir));
  change(db);
  db.close();
}

describe('settings of a connection', () => {
  it.each([
    ['full', 2],
    ['normal', 1],
  ] as const)('%s reads back as synchronous %i on the second open too', (durability, expected) => {
    const file = join(aFolder(), 'test.db');
    for (const time of ['first', 'second']) {
      const db = openWriter(file);
      setUpWriter(db, durability);
      expect([time, db.pragma('synchronous', { simple: true })]).toEqual([time, expected]);
      expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
      expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
      expect(db.pragma('journal_size_limit', { simple: true })).toBe(67_108_864);
      expect(db.pragma('busy_timeout', { simple: true })).toBe(0);
      expect(db.pragma('mmap_size', { simple: true })).toBe(0);
      db.exec('CREATE TABLE IF NOT EXISTS t (a)');
      db.close();
    }
    // What the driver gives a reopened file by itself: the reason for all this.
    const plain = new BetterSqlite3(file);
    expect(plain.pragma('synchronous', { simple: true })).toBe(1);
    plain.close();
  });

  it('the reading connection cannot write', () => {
    const file = join(aFolder(), 'test.db');
    const writer = openWriter(file);
    setUpWriter(writer, 'full');
    writer.exec('CREATE TABLE t (a)');
    const reader = openReader(file);
    expect(() => reader.exec('INSERT INTO t VALUES (1)')).toThrow(/readonly/);
    reader.close();
    writer.close();
  });

  it('a setting that does not read back as it was set ends the start', () => {
    const db = new BetterSqlite3(':memory:');
    expect(() => apply(db, [['journal_mode', 'WAL', 'wal']])).toThrow(
      expect.objectContaining({ name: 'StartupError', exitCode: 78, message: expect.stringContaining('journal_mode') }),
    );
    db.close();
  });
});

describe('a second server', () => {
  it('is refused with 75, and the first goes on undisturbed', async () => {
    const dataDir = aFolder();
    const first = await open(dataDir);
    await expect(open(dataDir)).rejects.toMatchObject({ name: 'StartupError', exitCode: 75, message: expect.stringContaining(dataDir) });
    expect(await submitted(first, {})).toEqual([1]);
    await checkStore(first);
  });

  it('in another process cannot take the lock while the first has it, and can after', async () => {
    const dataDir = aFolder();
    const store = await open(dataDir);
    expect(await lockFromOutside(dataDir)).toBe('SQLITE_BUSY');
    await store.close();
    expect(await lockFromOutside(dataDir)).toBe('taken');
  });

  it('may start when the first has closed', async () => {
    const dataDir = aFolder();
    await (await open(dataDir)).close();
    expect((await open(dataDir)).serverEpoch).toBe(2);
  });
});

describe('a file that is not ours', () => {
  it("the original's tables are refused with 78 and left untouched", async () => {
    const dataDir = aFolder();
    inside(dataDir, (db) => db.exec('CREATE TABLE tasks (id TEXT); CREATE TABLE logs (id TEXT); INSERT INTO tasks VALUES (1)'));
    const before = readFileSync(databaseIn(dataDir));
    await expect(open(dataDir)).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringMatching(/tables of another program \(logs, tasks\), perhaps the original TaskRouterX/),
    });
    expect(readFileSync(databaseIn(dataDir)).equals(before)).toBe(true);
    expect(readdirSync(dataDir).filter((name) => name.startsWith('taskrouterx'))).toEqual(['taskrouterx.db']);
  });

  it('a newer schema is refused with 78 and left untouched', async () => {
    const dataDir = await aClosedDatabase();
    inside(dataDir, (db) => db.exec("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('later', 9000000000000)"));
    const before = readFileSync(databaseIn(dataDir));
    await expect(open(dataDir)).rejects.toMatchObject({ exitCode: 78, message: expect.stringContaining('newer version') });
    expect(readFileSync(databaseIn(dataDir)).equals(before)).toBe(true);
  });

  it('no database at all is refused with 70', async () => {
    const dataDir = aFolder();
    writeFileSync(databaseIn(dataDir), 'this is a letter, not a database. '.repeat(100));
    await expect(open(dataDir)).rejects.toMatchObject({ exitCode: 70, message: expect.stringContaining('SQLITE_NOTADB') });
  });

  it('gives the lock back after each refusal', async () => {
    const dataDir = aFolder();
    writeFileSync(databaseIn(dataDir), 'this is a letter, not a database. '.repeat(100));
    await expect(open(dataDir)).rejects.toMatchObject({ exitCode: 70 });
    expect(await lockFromOutside(dataDir)).toBe('taken');
  });
});

describe('a file of an earlier version', () => {
  it('holds pools without labels, carbon and a rule of pauses: they have none', async () => {
    const dataDir = aFolder();
    const store = await open(dataDir);
    const { labels: _labels, carbonGramsPerKwh: _carbon, cooling: _cooling, ...before } = aPool();
    await store.addPool(before as PoolSpec, noon, 'operator');
    await store.close();
    expect(await (await open(dataDir)).pools()).toEqual([
      { ...before, labels: {}, carbonGramsPerKwh: null, cooling: null, id: 1, version: 1 },
    ]);
  });
});

describe('a damaged file', () => {
  it('is noticed at the start: 70', async () => {
    const dataDir = await aClosedDatabase();
    overwritePages(databaseIn(dataDir));
    await expect(open(dataDir)).rejects.toMatchObject({ exitCode: 70 });
  });

  it('a log whose end is missing is noticed: 70', async () => {
    const dataDir = await aClosedDatabase();
    inside(dataDir, (db) => db.exec('DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)'));
    await expect(open(dataDir)).rejects.toMatchObject({ exitCode: 70, message: expect.stringContaining('its chain ends at') });
  });
});

describe('the data folder', () => {
  it('and its files are for their owner alone', async () => {
    const dataDir = aFolder();
    chmodSync(dataDir, 0o755);
    const store = await open(dataDir);
    await submitted(store, {});
    expect((statSync(dataDir).mode & 0o777).toString(8)).toBe('700');
    for (const name of readdirSync(dataDir)) expect([name, (statSync(join(dataDir, name)).mode & 0o077).toString(8)]).toEqual([name, '0']);
  });

  it('is made when missing', async () => {
    const dataDir = join(aFolder(), 'a', 'b');
    await open(dataDir);
    expect((statSync(dataDir).mode & 0o777).toString(8)).toBe('700');
  });

  it.each<[string, (dataDir: string) => void]>([
    ['a file', (dataDir) => writeFileSync(dataDir, '')],
    ['inside a file', (dataDir) => writeFileSync(join(dataDir, '..'), '')],
    ['not writable', (dataDir) => mkdirSync(dataDir, { mode: 0o500 })],
  ])('that is %s is refused with 78', async (what, make) => {
    const dataDir = what === 'inside a file' ? join(aFolder(), 'file', 'data') : join(aFolder(), 'data');
    make(dataDir);
    await expect(open(dataDir)).rejects.toMatchObject({ name: 'StartupError', exitCode: 78, message: expect.stringContaining(dataDir) });
  });
});

/** Tries the lock from a process of its own. */
async function lockFromOutside(dataDir: string): Promise<string> {
  const driver = createRequire(import.meta.url).resolve('better-sqlite3');
  const code = `const db = new (require(${JSON.stringify(driver)}))(${JSON.stringify(join(dataDir, 'server.lock'))}, { timeout: 0 });
    try { db.exec('BEGIN EXCLUSIVE'); console.log('taken'); } catch (error) { console.log(error.code); }`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [[output]] = await Promise.all([once(child.stdout, 'data'), once(child, 'exit')]);
  return String(output).trim();
}

/** Every page after the first few becomes noise. */
function overwritePages(file: string): void {
  const { size } = statSync(file);
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.alloc(size - 3 * 4_096, 0xaa), 0, size - 3 * 4_096, 3 * 4_096);
  closeSync(fd);
}
