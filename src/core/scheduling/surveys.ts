import { missingPool } from './missing-pool.ts';
import type { Need } from './need.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolCounts } from './reasons.ts';
import { SharedLists } from './shared-lists.ts';
import { type Survey, survey } from './survey.ts';

/** Surveys that are kept to be shared. */
const mostShared = 256;

/** What was found out about a need, for as long as the pools do not change. */
interface Known {
  readonly version: number;
  readonly survey: Survey;
  /** What no pool has; '' when one could run it, or when it is a matter of numbers. */
  readonly missing: string;
}

/**
 * Surveys of the pools by need, each made when it is first asked for: O(1) amortised. Needs that ask the same of a pool share theirs, whatever
 * their home and their type.
 */
export class Surveys {
  readonly #pools: PoolIndex;
  readonly #byNeed = new WeakMap<Need, Known>();
  /** By what is asked of a pool; of the version below. */
  readonly #byAsk = new Map<string, Survey>();
  #version = -1;
  readonly #lists = new SharedLists();

  constructor(pools: PoolIndex) {
    this.#pools = pools;
  }

  of(need: Need): Survey {
    return this.#know(need).survey;
  }

  /** What no pool has, in words; '' when one could run it, or when it is a matter of numbers. */
  missingFor(need: Need): string {
    return this.#know(need).missing;
  }

  #know(need: Need): Known {
    const { version } = this.#pools;
    const known = this.#byNeed.get(need);
    if (known?.version === version) return known;
    const found = this.#surveyOf(need, version);
    const isNumber = found.missing === undefined || found.missing === 'price' || found.missing === 'slots';
    const made = { version, survey: found, missing: isNumber ? '' : missingPool(need, found.missing, this.#pools) };
    this.#byNeed.set(need, made);
    return made;
  }

  #surveyOf(need: Need, version: number): Survey {
    this.#lists.advance(version);
    if (version !== this.#version || this.#byAsk.size >= mostShared) this.#byAsk.clear();
    this.#version = version;
    const ask = askOf(need, this.#pools);
    const found = this.#byAsk.get(ask) ?? survey(need, this.#pools, this.#lists);
    this.#byAsk.set(ask, found);
    return found;
  }
}

/** All that a survey looks at. */
function askOf({ type, reach, demand, slots, parts, priceCap }: Need, pools: PoolIndex): string {
  const { resourceType, stays, constraints } = demand;
  const regions = stays ? (reach?.join() ?? '*') : '*';
  return `${pools.typesLike(type.name)} ${resourceType ?? '*'} ${regions} ${slots}x${parts} ${priceCap} ${constraints?.text ?? ''}`;
}

export function countsOf({ total, mayRun, out }: Survey, full: number): PoolCounts {
  return { total, mayRun: mayRun.length, full, out };
}
