import type { JsonObject } from './json.ts';
import type { TaskStatus } from './task-status.ts';
import type { EpochMs, Seq } from './units.ts';

/** What can be done to all tasks that match a filter. */
export const operationActions = ['cancel', 'retry'] as const;
export type OperationAction = (typeof operationActions)[number];

/** What each action can be done to, and what it is done to where the filter names no status. */
export const bulkStatuses = {
  cancel: { possible: ['delayed', 'queued', 'processing'], usual: ['delayed', 'queued', 'processing'] },
  retry: { possible: ['delayed', 'completed', 'failed', 'cancelled'], usual: ['failed'] },
} as const satisfies Record<OperationAction, Record<'possible' | 'usual', readonly TaskStatus[]>>;

export const operationStatuses = ['running', 'completed', 'stopped', 'failed'] as const;
export type OperationStatus = (typeof operationStatuses)[number];

/** Something done to many tasks, in slices; survives restarts. */
export interface Operation {
  readonly id: string;
  readonly action: OperationAction;
  /** A TaskFilter. */
  readonly filter: JsonObject;
  /** Whose it is; `null`: of somebody who sees all. */
  readonly tenant: string | null;
  readonly by: string;
  /** Under which it may be asked for again, and what for. */
  readonly key: string | null;
  readonly fingerprint: string | null;
  /** Tasks that were there when it began have numbers below this when they are still to be looked at. */
  readonly before: Seq;
  /** Tasks that matched when it began. */
  readonly matched: number;
  /** There were more. */
  readonly matchedIsCapped: boolean;
  /** Tasks it was done to. */
  readonly done: number;
  /** Tasks that had moved on before their turn came. */
  readonly skipped: number;
  /** Tasks it could not be done to. */
  readonly refused: number;
  /** Why, of the latest one; or why it failed. */
  readonly reason: string | null;
  readonly startTime: EpochMs;
  readonly endTime: EpochMs | null;
  readonly status: OperationStatus;
}
