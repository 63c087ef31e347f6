import { TurnBook } from '../../src/core/scheduling/picks/turn-book.ts';
import { PoolOrder } from '../../src/core/scheduling/pool-order.ts';
import { PoolSlot } from '../../src/core/scheduling/pool-slot.ts';
import { RoomLog } from '../../src/core/scheduling/room-log.ts';
import type { Facts, PlaceRule, TaskView } from '../../src/core/strategies/strategy.ts';
import { aTaskView, someFacts } from './strategy-views.ts';

/** A pool of the given size with so many slots in use. */
export function aSlot(fields: Partial<Omit<PoolSlot, 'free' | 'place' | 'roomFor'>> & { readonly id: number }): PoolSlot {
  const { id, ...rest } = fields;
  return Object.assign(new PoolSlot(id, id), { name: `p${id}`, capacity: 1, ...rest });
}

/** Pools in the order of a rule, and the words to try it. */
export function anOrder(rule: Partial<PlaceRule>, pools: readonly PoolSlot[], facts: Facts = someFacts(), turns = aTurnBook(rule)) {
  const whole: PlaceRule = { measures: { name: 'catalogue', unit: 'place' }, base: () => 0, pick: 'first-fit', ...rule };
  const rooms = new RoomLog(-1);
  rooms.restart(pools);
  const order = new PoolOrder(whole, -1, facts, pools, rooms, turns.book);
  order.step(Number.POSITIVE_INFINITY);
  const use = (pool: PoolSlot, slots: number) => {
    pool.load += slots;
    rooms.refresh(pool);
  };
  return {
    order,
    use,
    /** After something of the pool changed. */
    refresh: (pool: PoolSlot) => rooms.refresh(pool),
    poolsChanged: turns.poolsChanged,
    /** The id of the pool picked, or -1. */
    pick: (slots = 1, task: TaskView = aTaskView({ slots })) => order.pick(task, slots, facts)?.id ?? -1,
    /** Picks and takes the slots. */
    take(slots = 1): number {
      const pool = order.pick(aTaskView({ slots }), slots, facts);
      if (pool !== undefined) use(pool, slots);
      return pool?.id ?? -1;
    },
  };
}

/** Turns that several orders may share. */
export function aTurnBook({ weight = ({ capacity }) => capacity }: Partial<PlaceRule> = {}) {
  const pools = { lineup: 0, has: () => true };
  const poolsChanged = () => {
    pools.lineup++;
  };
  return { book: new TurnBook(pools, weight), poolsChanged };
}
