import type { Json } from './json.ts';
import { isTerminal, type TaskStatus } from './task-status.ts';
import type { Seq, TaskId } from './units.ts';

/**
 * What becomes of a task when one of its parents ends in any other way than `completed`: it fails too, is cancelled without having run, or
 * runs all the same once every parent has ended.
 */
export const parentFailures = ['fail', 'skip', 'run'] as const;
export type OnParentFailure = (typeof parentFailures)[number];

/** Parents of one task. */
export const maxParents = 64;

/** A task that another waits for. */
export interface Parent {
  readonly seq: Seq;
  readonly id: TaskId;
  /** Under which the child finds its result and files; no two parents of a task share one. */
  readonly name: string;
}

/** What a task waits for before it may start. */
export interface Dependencies {
  readonly parents: readonly Parent[];
  readonly onFailure: OnParentFailure;
}

/** How a new task names a parent: a number is the place of an item in the same batch, text its `ref` or the id of a task there is. */
export interface ParentRef {
  readonly task: string | number;
  readonly name?: string;
}

/** A parent that ended, as its children see it. */
export interface EndedParent {
  readonly id: TaskId;
  readonly name: string;
  /** `gone`: retention has removed it. */
  readonly status: TaskStatus | 'gone';
  readonly result: Json;
  /** Its latest: the one that completed it, where it did. 0: it never ran, or is gone. */
  readonly attempt: number;
}

/** The input of a task that has none of its own is what its parents returned: of one its result, of several an object by name. */
export function inputOf(payload: Json, parents: readonly EndedParent[]): Json {
  const [first, ...others] = parents;
  if (payload !== null || first === undefined) return payload;
  return others.length === 0 ? first.result : Object.fromEntries(parents.map(({ name, result }) => [name, result]));
}

/**
 * What a task that has not started is to do now. A parent that did not complete decides at once where it decides at all: nobody waits for the
 * others then.
 * @param statuses of its parents
 */
export function standing(statuses: readonly (TaskStatus | 'gone')[], onFailure: OnParentFailure): 'waits' | 'ready' | 'rejected' {
  const hasEnded = (status: TaskStatus | 'gone') => status === 'gone' || isTerminal(status);
  if (onFailure !== 'run' && statuses.some((status) => hasEnded(status) && status !== 'completed')) return 'rejected';
  return statuses.every(hasEnded) ? 'ready' : 'waits';
}
