import type { Task } from '../../src/core/domain/task.ts';
import type { TaskInput } from '../../src/core/domain/task-input.ts';
import type { BatchInput } from '../../src/core/engine/engine.ts';
import type { SeededRandom } from '../../src/core/replay/seeded-random.ts';
import { chance, oneOf, uniform } from './draws.ts';

/** Parents looked back for: some have ended long ago, some are gone. */
const remembered = 60;

/** Draws who depends on whom: tasks that were accepted before, and other items of the same batch, later ones and circles too. */
export function createKin(random: SeededRandom) {
  const known = new Map<string, string[]>();

  function child<T extends TaskInput>(input: T): T {
    const tasks = known.get(input.tenant ?? 'default') ?? [];
    if (tasks.length === 0 || !chance(random, 0.2)) return input;
    const parents = new Set(Array.from({ length: uniform(random, 1, 4) }, () => oneOf(random, tasks)));
    return { ...input, ...policy(), dependsOn: [...parents].map((task) => ({ task })) };
  }

  function related(items: readonly BatchInput[]): BatchInput[] {
    // What a key stands for must not change with the batch it comes in; parents are of one tenant with their children.
    const tenant = oneOf(random, items).tenant ?? 'default';
    return items.map((item, i) => {
      if (item.idempotency !== undefined || items.length < 2) return item;
      const mine = { ...item, tenant, ref: `item-${i}` };
      if (!chance(random, 0.5)) return { ...mine, dependsOn: [] };
      const isForward = chance(random, 0.02);
      const places = new Set(
        Array.from({ length: uniform(random, 1, 4) }, () => (isForward ? uniform(random, 0, items.length) : uniform(random, 0, i + 1))),
      );
      const dependsOn = [...places]
        .filter((place) => isForward || place < i)
        .map((place) => ({ task: chance(random, 0.5) ? place : `item-${place}` }));
      return { ...mine, ...policy(), dependsOn };
    });
  }

  function policy(): Pick<TaskInput, 'onParentFailure'> {
    return { onParentFailure: oneOf(random, ['fail', 'skip', 'run'] as const) };
  }

  function accepted({ id, tenant }: Task): void {
    const tasks = known.get(tenant) ?? [];
    known.set(tenant, [...tasks.slice(1 - remembered), id]);
  }

  return { child, related, accepted };
}
