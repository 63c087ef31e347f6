import type { RingRule, StaticOrder } from './strategy.ts';

/** First accepted, first run; a retried task keeps its place. */
export const byArrival: StaticOrder = {
  class: 'static',
  key: (task) => task.seq,
  newer: { by: 'arrival', promise: 'Nothing that was accepted later ever comes before a task in the order.', until: (task) => task.since },
};

/** The home region where it has room, else anywhere. A task without a region has no home ring. */
export const homeThenAny: readonly RingRule[] = [{ within: 'home' }, { within: 'any' }];
