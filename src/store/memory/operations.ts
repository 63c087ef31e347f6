import type { OperationStore } from '../../core/ports/operation-store.ts';
import { operationDetails } from '../log-details.ts';
import type { Write } from './catalogue.ts';
import type { LogBook } from './log-book.ts';
import type { Tables } from './tables.ts';

export function createOperations({ operations }: Tables, log: LogBook, write: Write): OperationStore {
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
