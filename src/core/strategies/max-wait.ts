import type { Ms } from '../domain/units.ts';
import type { NewerWork, Strategy, TaskView } from './strategy.ts';

/** What a strategy promises about the longest wait behind newer work, for people. */
export interface MaxWait {
  /** What the bound hangs on; `none`: there is none. */
  readonly by: NewerWork['by'] | 'none';
  /** The promise of the order, in a sentence. */
  readonly summary: string;
  /** What keeps work of other needs from taking the room all the same, in a sentence. */
  readonly room: string;
  /** Where it hangs on the priority: from ready on; `null`: newer work always may. */
  readonly byPriority: readonly { readonly priority: number; readonly ms: Ms | null }[] | undefined;
}

type Bounded = Pick<Strategy, 'order' | 'overtaking' | 'place'>;

const withoutBound = {
  static: 'Newer work goes before a waiting task whenever its key is smaller: there is no longest wait.',
  slope:
    'Newer work goes before a waiting task whenever its score is better; scores grow with waiting, and no longest wait follows from that.',
  share: 'Newer work of tenants that used less goes before a waiting task: there is no longest wait.',
  plan: 'Newer work goes before a waiting task where the plan says so: there is no longest wait.',
} as const;

export function maxWaitOf({ order, overtaking, place }: Bounded): MaxWait {
  const newer = place.plan === undefined ? order.newer : undefined;
  return {
    by: newer?.by ?? 'none',
    summary: newer?.promise ?? withoutBound[place.plan === undefined ? order.class : 'plan'],
    room: place.plan === undefined ? roomOf(overtaking) : 'No pool is kept for anybody: the plan says who waits for what.',
    byPriority: newer?.by === 'priority' ? priorities.map((priority) => ({ priority, ms: boundAt(newer, priority) })) : undefined,
  };
}

function roomOf(overtaking: Strategy['overtaking']): string {
  if (overtaking?.reservations === undefined)
    return overtaking?.strict === 'global'
      ? 'Nothing starts before the first in order.'
      : 'No pool is ever kept: what needs much room may be passed by smaller work of other needs for as long as that comes.';
  const { estimates, leastMs, mostMs } = overtaking.reservations.patience;
  const kept = 'a pool is kept for it, and only what does not delay it may use that pool';
  if (mostMs === 0) return `For whoever is first ${kept}.`;
  return `When the first of its needs has waited ${estimates} times its expected run time, ${leastMs / 1_000} s at least and ${mostMs / 1_000} s at most, ${kept}.`;
}

const priorities = Array.from({ length: 10 }, (_, i) => i + 1);
/** Of which only the priority matters. */
const someTask: TaskView = {
  ...{ seq: 1, tenant: 0, type: 0, priority: 5, cost: 1, slots: 1, parts: 1, since: 0, deadline: Number.POSITIVE_INFINITY },
  ...{ estimateMs: 1, backlogMs: 0, timeoutMs: 1, attempt: 0, region: -1 },
};

function boundAt(newer: NewerWork, priority: number): Ms | null {
  const ms = newer.until({ ...someTask, priority }, 1);
  return ms === Number.POSITIVE_INFINITY ? null : ms;
}
