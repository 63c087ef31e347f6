import type { Parent } from '../domain/dependency.ts';
import type { Task } from '../domain/task.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { Family, Relative } from './engine.ts';

/** Children that are told; a task may have any number. */
const childrenTold = 200;

/** Who waits or waited for whom: the rows know. */
export function createFamily({ store }: { readonly store: TaskStore }): (task: Task) => Promise<Family> {
  async function parentOf({ id, seq, name }: Parent): Promise<Relative> {
    const task = await store.taskBySeq(seq);
    return { id, name, type: task?.type ?? null, status: task?.status ?? 'gone' };
  }

  return async ({ seq, id, dependsOn }) => {
    const parents = await Promise.all((dependsOn?.parents ?? []).map(parentOf));
    const found = await store.childrenOf(seq, childrenTold + 1);
    const children = found.slice(0, childrenTold).map((child): Relative => {
      const name = child.dependsOn?.parents.find((parent) => parent.seq === seq)?.name ?? id;
      return { id: child.id, name, type: child.type, status: child.status };
    });
    return { onFailure: dependsOn?.onFailure ?? null, parents, children, moreChildren: found.length > childrenTold };
  };
}
