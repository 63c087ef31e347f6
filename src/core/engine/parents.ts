import { type Dependencies, type EndedParent, type OnParentFailure, type ParentRef, standing } from '../domain/dependency.ts';
import { type FieldError, TaskRouterError } from '../domain/errors.ts';
import type { Task } from '../domain/task.ts';
import type { TaskInput } from '../domain/task-input.ts';
import { isTerminal } from '../domain/task-status.ts';
import type { TaskId } from '../domain/units.ts';
import type { NewDependencies, TaskStore } from '../ports/task-store.ts';

/** A parent of a task to be: one there is, or the place of another item in its batch. */
export type ParentLink = { readonly name: string | undefined } & ({ readonly task: Task } | { readonly place: number });

/** Other items of a batch, as one of them may name them. */
export interface BatchPlaces {
  /** Of an item by its place or `ref`; `undefined`: there is none. */
  placeOf(task: string | number): number | undefined;
  /** What the item calls itself. */
  refAt(place: number): string | undefined;
}

export interface Parents {
  /** What the input names, in its order. @throws TaskRouterError `unknown_reference`, `validation_failed` */
  linksOf(refs: readonly ParentRef[], tenant: string, batch?: BatchPlaces): Promise<readonly ParentLink[]>;
  /** Of a task that is submitted alone. @throws TaskRouterError as `linksOf` */
  of(input: TaskInput, tenant: string): Promise<NewDependencies | null>;
  /** Of a task that is to be done again. @throws TaskRouterError `wrong_status`: its parents would end it at once */
  again(task: Task): Promise<NewDependencies | null>;
  /** What became of them, as an attempt of the child sees it. */
  ended(dependsOn: Dependencies): Promise<readonly EndedParent[]>;
}

export function createParents({ store }: { readonly store: TaskStore }): Parents {
  async function linksOf(refs: readonly ParentRef[], tenant: string, batch?: BatchPlaces): Promise<readonly ParentLink[]> {
    const links: ParentLink[] = [];
    const unknown: FieldError[] = [];
    for (const [i, { task: named, name }] of refs.entries()) {
      const place = batch?.placeOf(named);
      const task = place === undefined && typeof named === 'string' ? await taskOf(named, tenant) : undefined;
      if (place !== undefined) links.push({ place, name: name ?? batch?.refAt(place) });
      else if (task !== undefined) links.push({ task, name });
      else unknown.push({ path: `/body/depends_on/${i}`, message: unknownParent(named, batch !== undefined) });
    }
    const [first] = unknown;
    if (first !== undefined) throw new TaskRouterError('unknown_reference', `depends_on ${first.message}.`, { errors: unknown });
    refuseTwice(links);
    return links;
  }

  /** Those of another tenant are as unknown as any. */
  async function taskOf(id: TaskId, tenant: string): Promise<Task | undefined> {
    const task = await store.task(id);
    return task?.tenant === tenant ? task : undefined;
  }

  async function again({ id, dependsOn }: Task): Promise<NewDependencies | null> {
    if (dependsOn === null) return null;
    const { parents, onFailure } = dependsOn;
    const statuses = await store.statuses(parents.map(({ seq }) => seq));
    const lacking = parents.filter((_, i) => onFailure !== 'run' && isOver(statuses[i]) && statuses[i] !== 'completed');
    if (lacking.length > 0) {
      const names = lacking.map((parent) => parent.id).join(', ');
      const message = `Task ${id} depends on ${names}, which did not complete. Retry that, and submit this one again with depends_on of the new task.`;
      throw new TaskRouterError('wrong_status', message);
    }
    const waits =
      standing(
        statuses.map((status) => status ?? 'gone'),
        onFailure,
      ) !== 'ready';
    return { parents, onFailure, waits };
  }

  return {
    linksOf,
    async of({ dependsOn = [], onParentFailure = 'fail' }, tenant) {
      return dependsOn.length === 0 ? null : dependenciesOf(await linksOf(dependsOn, tenant), onParentFailure, () => 0);
    },
    again,
    async ended({ parents }) {
      const tasks = await Promise.all(parents.map(({ seq }) => store.taskBySeq(seq)));
      return parents.map(({ id, name }, i) => {
        const { status = 'gone', result = null, attempt = 0 } = tasks[i] ?? {};
        return { id, name, status, result, attempt };
      });
    },
  };
}

/** @param itemAt where the item at a place of the batch is among those that go to the store */
export function dependenciesOf(
  links: readonly ParentLink[],
  onFailure: OnParentFailure,
  itemAt: (place: number) => number,
): NewDependencies {
  const parents = links.map((link) => {
    if ('place' in link) return { item: itemAt(link.place), name: link.name };
    const { seq, id } = link.task;
    return { seq, id, name: link.name ?? id };
  });
  const statuses = links.map((link) => ('place' in link ? 'queued' : link.task.status));
  return { parents, onFailure, waits: standing(statuses, onFailure) !== 'ready' };
}

function isOver(status: Task['status'] | undefined): boolean {
  return status === undefined || isTerminal(status);
}

function unknownParent(named: string | number, isBatch: boolean): string {
  const known = isBatch ? 'the id of a task, or the place or ref of an item of this batch that is in order' : 'the id of a task';
  return `must be ${known}, and ${typeof named === 'number' ? `${named} is not` : `"${named}" is unknown`}`;
}

function refuseTwice(links: readonly ParentLink[]): void {
  const seen = new Set<string>();
  for (const [i, link] of links.entries()) {
    const id = 'place' in link ? `item ${link.place}` : link.task.id;
    const keys = [`parent ${id}`, ...(link.name === undefined ? [] : [`name ${link.name}`])];
    const twice = keys.find((key) => seen.has(key));
    if (twice !== undefined)
      throw new TaskRouterError('validation_failed', `depends_on has ${twice} twice.`, {
        errors: [{ path: `/body/depends_on/${i}`, message: `${twice} is there twice` }],
      });
    for (const key of keys) seen.add(key);
  }
}
