import type { ResourceType } from '../domain/task.ts';
import type { Ms } from '../domain/units.ts';

/** All expected work there is, of tasks that wait or run, in slot-milliseconds: whole numbers, so that sums give back what they took. */
export class Backlog {
  readonly #capacity: Readonly<Record<ResourceType, number>>;
  #work = 0;

  /** @param capacity slots of all pools, kept up to date by the owner */
  constructor(capacity: Readonly<Record<ResourceType, number>>) {
    this.#capacity = capacity;
  }

  /** @returns what the pools together need for all there is, the new work included; Infinity without pools */
  enter(work: number): Ms {
    this.#work += work;
    return this.with(0);
  }

  leave(work: number): void {
    this.#work -= work;
  }

  /** What `enter` would answer. */
  with(work: number): Ms {
    return (this.#work + work) / (this.#capacity.cpu + this.#capacity.gpu);
  }
}

/** Slot-milliseconds at speed 1. */
export function workOf(slots: number, estimateMs: Ms): number {
  return Math.round(slots * estimateMs);
}
