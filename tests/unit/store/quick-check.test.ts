import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { quickCheck } from '../../../src/store/sqlite/quick-check.ts';
import { aClock } from '../../contract/store-clock.ts';
import { aFolder } from './a-database.ts';

/** More than 16 MiB, so that the check runs in a thread. */
function aLargeFile(): string {
  const file = join(aFolder(), 'large.db');
  const db = new BetterSqlite3(file);
  db.exec('CREATE TABLE a (x); CREATE TABLE b (x); INSERT INTO b VALUES (zeroblob(17000000)); INSERT INTO a VALUES (1)');
  db.close();
  return file;
}

/** Overwrites a page in the middle: the chain of pages that hold the large value is broken. */
function damage(file: string): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.alloc(4_096, 0xaa), 0, 4_096, 2_000 * 4_096);
  closeSync(fd);
}

async function check(file: string, clock = aClock()) {
  const db = new BetterSqlite3(file);
  try {
    return await quickCheck(db, file, clock);
  } finally {
    db.close();
  }
}

describe('quickCheck', () => {
  it('finds nothing in a sound file, small or large', async () => {
    const small = join(aFolder(), 'small.db');
    new BetterSqlite3(small).exec('CREATE TABLE a (x)').close();
    expect((await check(small)).answer).toBe('ok');
    expect((await check(aLargeFile())).answer).toBe('ok');
  });

  it('says what is wrong with a large file', async () => {
    const file = aLargeFile();
    damage(file);
    expect((await check(file)).answer).toMatch(/page|overflow/i);
  });

  it('is waited for 5 seconds and no longer, and tells the answer later', async () => {
    const file = aLargeFile();
    damage(file);
    const waits: number[] = [];
    const impatient = {
      ...aClock(),
      after(delayMs: number, fn: () => void) {
        waits.push(delayMs);
        fn();
        return () => {};
      },
    };
    const { answer, later } = await check(file, impatient);
    expect([answer, waits]).toEqual([undefined, [5_000]]);
    expect(await later).toMatch(/page|overflow/i);
  });
});
