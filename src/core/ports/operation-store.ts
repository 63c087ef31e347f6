import type { Operation } from '../domain/operation.ts';
import type { EpochMs } from '../domain/units.ts';

/** Operations on many tasks. Logged when they begin and when they end, not while they get on. */
export interface OperationStore {
  /** Adds it, or replaces what there is of it. */
  putOperation(operation: Operation): Promise<void>;
  operation(id: string): Promise<Operation | undefined>;
  /** The latest that was begun under this key for the tenant. @param tenant `null`: for somebody who sees all */
  operationOfKey(tenant: string | null, key: string): Promise<Operation | undefined>;
  /** Removes those that ended before a time, of the `limit` that began first. @returns how many went */
  deleteOperations(limit: number, endedBefore: EpochMs): Promise<number>;
  /** In the order they began. */
  runningOperations(): Promise<readonly Operation[]>;
}
