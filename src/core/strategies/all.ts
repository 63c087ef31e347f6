import { boundedSlowdown } from './bounded-slowdown.ts';
import { byPriority } from './by-priority.ts';
import { carbonAware } from './carbon-aware.ts';
import { costDeadline } from './cost-deadline.ts';
import type { OrderDefinition, PlaceDefinition } from './definition.ts';
import { edf } from './edf.ts';
import { f1 } from './f1.ts';
import { fairShare } from './fair-share.ts';
import { fifo } from './fifo.ts';
import { firstFit } from './first-fit.ts';
import { hrrn } from './hrrn.ts';
import { laxity } from './laxity.ts';
import { learned } from './learned.ts';
import { leastLoaded } from './least-loaded.ts';
import { minCost } from './min-cost.ts';
import { optimalBatch } from './optimal-batch.ts';
import { powerOfTwo } from './power-of-two.ts';
import { priority } from './priority.ts';
import { regionAware } from './region-aware.ts';
import { roundRobin } from './round-robin.ts';
import { sjf } from './sjf.ts';
import { unicep } from './unicep.ts';
import { weighted } from './weighted.ts';
import { wfp3 } from './wfp3.ts';

/** In the order they are listed; no two of orders and placements together share a name. */
export const orders: readonly OrderDefinition[] = [fifo, priority, sjf, edf, laxity, hrrn, wfp3, unicep, f1, boundedSlowdown, fairShare];
export const places: readonly PlaceDefinition[] = [
  minCost,
  regionAware,
  firstFit,
  leastLoaded,
  roundRobin,
  powerOfTwo,
  weighted,
  costDeadline,
  carbonAware,
  learned,
  byPriority,
  optimalBatch,
];

/** The placement of an order that names none, and the order of every placement. */
export const usualPlace = 'min_cost';
export const usualOrder = 'fifo';
