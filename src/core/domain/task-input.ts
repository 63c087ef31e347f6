import type { Constraint } from './constraint.ts';
import type { OnParentFailure, ParentRef } from './dependency.ts';
import type { Json, JsonObject } from './json.ts';
import type { RegionMode, ResourceType } from './task.ts';
import type { EpochMs, Ms } from './units.ts';

/** What a client states of a new task; all else is filled in from its type and the server. Shape and ranges were checked at the door. */
export interface TaskInput {
  readonly type: string;
  readonly tenant?: string;
  readonly priority?: number;
  readonly cost?: number;
  /** `null` asks for no home region. */
  readonly region?: string | null;
  readonly regions?: readonly string[] | null;
  readonly regionMode?: RegionMode;
  readonly resourceType?: ResourceType | null;
  /** In canonical form. */
  readonly constraints?: readonly Constraint[] | null;
  readonly slots?: number;
  /** 1 to 64. */
  readonly parts?: number;
  readonly estimateMs?: Ms | null;
  readonly deadline?: EpochMs | null;
  readonly maxCost?: number | null;
  readonly runAt?: EpochMs | null;
  readonly timeoutMs?: Ms;
  readonly maxAttempts?: number;
  readonly metadata?: JsonObject | null;
  readonly payload?: Json;
  /** Tasks that must have ended before it starts. */
  readonly dependsOn?: readonly ParentRef[];
  /** `fail` when left out. */
  readonly onParentFailure?: OnParentFailure;
  /** Wait in the queue even though no pool could run it today. */
  readonly acceptUnroutable?: boolean;
  /** It comes with files: it is a bundle. */
  readonly hasFiles?: boolean;
}
