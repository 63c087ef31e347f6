import { TaskRouterError } from '../domain/errors.ts';
import type { TaskId } from '../domain/units.ts';
import type { NewDependencies, Submission } from '../ports/task-store.ts';
import type { Idempotency, Submitted } from './engine.ts';
import type { Places } from './submit-gates.ts';

/** What makes a submission of a spec. */
export interface Extra {
  readonly idempotency?: Idempotency | undefined;
  readonly id?: TaskId | undefined;
  readonly retryOf?: TaskId;
  readonly simulation?: string | undefined;
  readonly dependsOn?: NewDependencies | null | undefined;
}

/** A task on its way into the store, with the places it took at the gates. */
export interface Entering {
  readonly submission: Submission;
  readonly places: Places;
}

/** What became of it. */
export type Answer = Submitted | { readonly error: TaskRouterError };

/** Of an atomic batch in which another item is to blame. */
export const skipped = new TaskRouterError('validation_failed', 'left out because another item of this atomic batch was refused');

/** Of an item that depends on one that was refused. */
export const parentRefused = new TaskRouterError('validation_failed', 'left out because an item it depends on was refused');
