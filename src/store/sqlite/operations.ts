import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { Operation } from '../../core/domain/operation.ts';
import type { OperationStore } from '../../core/ports/operation-store.ts';
import { operationDetails } from '../log-details.ts';
import type { Reader } from './reader.ts';
import { operation } from './schema.ts';
import type { Writer } from './writer.ts';

interface OperationsDeps {
  readonly writer: Writer;
  /** On the writing connection, used inside its transactions. */
  readonly writes: BetterSQLite3Database;
  /** On the reading connection. */
  readonly reads: BetterSQLite3Database;
  readonly read: Reader['read'];
}

export function createOperations({ writer, writes, reads, read }: OperationsDeps): OperationStore {
  const { log } = writer.context;
  return {
    putOperation: (next) =>
      writer.write(1, () => {
        const before = writes.select({ status: operation.status }).from(operation).where(eq(operation.id, next.id)).get();
        writes
          .insert(operation)
          .values(rowOf(next))
          .onConflictDoUpdate({ target: operation.id, set: rowOf(next) })
          .run();
        if (before === undefined) log.addSystem(next.startTime, 'operation_started', operationDetails(next));
        if (next.status !== 'running' && (before === undefined || before.status === 'running'))
          log.addSystem(next.endTime ?? next.startTime, 'operation_ended', operationDetails(next));
      }),
    deleteOperations: (limit, endedBefore) =>
      writer.writeToFree(limit, () => {
        // Rows are in the order they began: a look at the front is bounded, however many there are.
        const first = sql`SELECT rowid FROM operation ORDER BY rowid LIMIT ${limit}`;
        const { changes } = writes.run(
          sql`DELETE FROM operation WHERE rowid IN (${first}) AND status <> 'running' AND json_extract(rest, '$.endTime') < ${endedBefore}`,
        );
        return changes;
      }),
    operation: async (id) => found(read(() => reads.select().from(operation).where(eq(operation.id, id)).get())),
    operationOfKey: async (tenant, key) => {
      const isTheirs = tenant === null ? isNull(operation.tenant) : eq(operation.tenant, tenant);
      const ofKey = and(eq(operation.key, key), isTheirs);
      return found(read(() => reads.select().from(operation).where(ofKey).orderBy(desc(operation.startTime)).limit(1).get()));
    },
    runningOperations: async () =>
      read(() => reads.select().from(operation).where(eq(operation.status, 'running')).orderBy(asc(operation.startTime)).all()).map(
        operationOf,
      ),
  };
}

type Row = typeof operation.$inferSelect;

function rowOf({ id, tenant, key, startTime, status, ...rest }: Operation): Row {
  return { id, tenant, key, startTime, status, rest };
}

function operationOf({ rest, ...columns }: Row): Operation {
  return { ...rest, ...columns };
}

function found(row: Row | undefined): Operation | undefined {
  return row === undefined ? undefined : operationOf(row);
}
