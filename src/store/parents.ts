import type { Dependencies, Parent } from '../core/domain/dependency.ts';
import type { Task } from '../core/domain/task.ts';
import type { NewDependencies, SubmitReceipt } from '../core/ports/task-store.ts';

/** The parents of a task to be as they are stored; `undefined`: one of them, in the same call, was left out. */
export function resolveParents({ parents, onFailure }: NewDependencies, earlier: readonly SubmitReceipt[]): Dependencies | undefined {
  const known: Parent[] = [];
  for (const parent of parents) {
    if (!('item' in parent)) {
      known.push(parent);
      continue;
    }
    const receipt = earlier[parent.item];
    if (receipt === undefined || !('task' in receipt)) return undefined;
    const { seq, id } = receipt.task;
    known.push({ seq, id, name: parent.name ?? id });
  }
  return { parents: known, onFailure };
}

/** It waits for its parents, or ended without a start: what looks back at scheduling leaves it out. */
export function neverCame({ dependsOn, attempt, status }: Pick<Task, 'dependsOn' | 'attempt' | 'status'>): boolean {
  return dependsOn !== null && attempt === 0 && status !== 'queued';
}
