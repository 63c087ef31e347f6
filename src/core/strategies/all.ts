import { byPriority } from './by-priority.ts';
import type { OrderDefinition, PlaceDefinition } from './definition.ts';
import { fifo } from './fifo.ts';
import { firstFit } from './first-fit.ts';
import { minCost } from './min-cost.ts';
import { priority } from './priority.ts';
import { regionAware } from './region-aware.ts';

/** In the order they are listed; no two of orders and placements together share a name. */
export const orders: readonly OrderDefinition[] = [fifo, priority];
export const places: readonly PlaceDefinition[] = [minCost, regionAware, firstFit, byPriority];

/** The placement of an order that names none, and the order of every placement. */
export const usualPlace = 'min_cost';
export const usualOrder = 'fifo';
