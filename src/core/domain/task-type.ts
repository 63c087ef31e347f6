import type { ResourceType } from './task.ts';
import type { Ms } from './units.ts';

/** Fields of a task that a type may insist on; where it does not, the server's defaults apply. */
export const requirableFields = ['priority', 'cost', 'region'] as const;
export type RequirableField = (typeof requirableFields)[number];

/** One entry of what older systems called worker type or service. */
export interface TaskType {
  readonly name: string;
  readonly description: string;
  /** Fields a client must state itself. */
  readonly requires: readonly RequirableField[];
  /** Running attempts at once, in all; `null` has no limit. */
  readonly limitTotal: number | null;
  /** Running attempts at once per tenant; `null` has no limit. */
  readonly limitPerTenant: number | null;
  readonly timeoutMs: Ms;
  /** Default for tasks that do not say, >= 1. */
  readonly maxAttempts: number;
  readonly resourceType: ResourceType | null;
  /** Where the entry comes from: `handler` types exist as long as their handler does and cannot be removed. */
  readonly origin: 'catalogue' | 'api' | 'handler';
  readonly version: number;
}

export type TaskTypeSpec = Omit<TaskType, 'version'>;
