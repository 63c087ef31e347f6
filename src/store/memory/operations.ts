import type { EpochMs } from '../../core/domain/units.ts';
import type { OperationStore } from '../../core/ports/operation-store.ts';
import { operationDetails } from '../log-details.ts';
import type { Write } from './catalogue.ts';
import type { LogBook } from './log-book.ts';
import type { Tables } from './tables.ts';

export function createOperations({ operations }: Tables, log: LogBook, write: Write): Omit<OperationStore, 'deleteOperations'> {
  return {
    putOperation: (next) =>
      write(1, () => {
        const before = operations.get(next.id);
        operations.set(next.id, next);
        if (before === undefined) log.add(next.startTime, 'operation_started', null, operationDetails(next));
        if (next.status !== 'running' && (before === undefined || before.status === 'running'))
          log.add(next.endTime ?? next.startTime, 'operation_ended', null, operationDetails(next));
      }),
    operation: async (id) => operations.get(id),
    operationOfKey: async (tenant, key) => operations.rows().findLast((one) => one.tenant === tenant && one.key === key),
    runningOperations: async () => operations.rows().filter(({ status }) => status === 'running'),
  };
}

export function deleteOperations({ operations }: Tables, limit: number, endedBefore: EpochMs): number {
  const gone = operations
    .rows()
    .slice(0, limit)
    .filter(({ endTime }) => endTime !== null && endTime < endedBefore);
  for (const { id } of gone) operations.delete(id);
  return gone.length;
}
