import BetterSqlite3 from 'better-sqlite3';
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attemptOutcomes } from '../../../src/core/domain/attempt.ts';
import { isTerminal, taskStatuses } from '../../../src/core/domain/task-status.ts';
import { eventCodes, eventName, outcomeCodes, outcomeName, statusCodes, statusName } from '../../../src/store/sqlite/codes.ts';
import { migrateSchema } from '../../../src/store/sqlite/migrate.ts';
import * as schema from '../../../src/store/sqlite/schema.ts';
import { migrations } from './a-database.ts';

describe('the schema', () => {
  let db: BetterSqlite3.Database;
  beforeEach(() => {
    db = new BetterSqlite3(':memory:');
    migrateSchema(db, migrations);
  });
  afterEach(() => db.close());

  const sqlOf = (type: string, name: string) =>
    db.prepare<[string, string], string>('SELECT sql FROM sqlite_master WHERE type = ? AND name = ?').pluck().get(type, name);

  it.each(Object.values(schema).map((table: SQLiteTable) => [getTableConfig(table).name, table] as const))(
    'of %s in the migrations is the one in the code',
    (name, table) => {
      const config = getTableConfig(table);
      const columns = db.prepare('SELECT name, type, "notnull" FROM pragma_table_info(?)').raw().all(name);
      expect(columns).toEqual(config.columns.map((column) => [column.name, column.getSQLType().toUpperCase(), column.notNull ? 1 : 0]));
      for (const index of config.indexes) expect(sqlOf('index', index.config.name)).toContain(`\`${name}\``);
    },
  );

  it('has what Drizzle cannot say', () => {
    for (const table of ['attempt', 'counter', 'spend', 'dependency']) expect(sqlOf('table', table)).toMatch(/WITHOUT ROWID$/);
    expect(sqlOf('trigger', 'task_terminal_is_absorbing')).toContain('old.status >= 3');
    expect(db.pragma('application_id', { simple: true })).toBe(Buffer.from('TRX1').readInt32BE());
  });

  it('is migrated once: again is no change, and foreign keys are on after', () => {
    const before = db.prepare('SELECT * FROM sqlite_master').all();
    migrateSchema(db, migrations);
    expect(db.prepare('SELECT * FROM sqlite_master').all()).toEqual(before);
    expect(db.prepare('SELECT count(*) FROM total').pluck().get()).toBe(1);
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
  });

  it('names the codes its indexes and trigger mean', () => {
    expect(sqlOf('index', 'log_terminal')).toContain(`(${eventCodes.completed}, ${eventCodes.failed}, ${eventCodes.cancelled})`);
    expect(taskStatuses.filter((status) => statusCodes[status] >= 3)).toEqual(taskStatuses.filter(isTerminal));
  });

  it('gives every word a number of its own and reads it back', () => {
    for (const status of taskStatuses) expect(statusName(statusCodes[status])).toBe(status);
    for (const outcome of attemptOutcomes) expect(outcomeName(outcomeCodes[outcome])).toBe(outcome);
    for (const [event, code] of Object.entries(eventCodes)) expect(eventName(code)).toBe(event);
    expect(() => statusName(99)).toThrow('unknown status code');
  });
});
