import type { TaskRouterError } from '../domain/errors.ts';
import type { Pool } from '../domain/pool.ts';
import type { TaskSpec } from '../domain/task.ts';
import type { EpochMs } from '../domain/units.ts';
import type { StrategyEpoch } from '../ports/catalogue-store.ts';
import type { Preview as CorePreview } from '../scheduling/core.ts';

/** Where a task would go. */
export interface PlacePreview extends Omit<CorePreview, 'poolId' | 'parts'> {
  /** Where it would start; of a task that is delayed, were it due now. */
  readonly pool: Pool | undefined;
  /** Of several parts: the pool of each; empty for others. */
  readonly parts: readonly Pool[];
}

/** What would become of a task were it submitted now. */
export interface TaskPreview extends PlacePreview {
  readonly at: EpochMs;
  /** With all defaults filled in. */
  readonly spec: TaskSpec;
  readonly strategy: StrategyEpoch;
  /** Why a submit would be refused now. */
  readonly refusal: TaskRouterError | undefined;
  /** Under other strategies, in the order they were asked for: as if nothing else waited. */
  readonly others: readonly { readonly name: string; readonly preview: PlacePreview }[];
}

export interface PreviewOptions {
  /** Names of strategies to try it under too; `all`: every one that has a name of its own. */
  readonly strategies?: readonly string[] | 'all';
}
