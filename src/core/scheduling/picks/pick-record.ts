import type { PlaceRule } from '../../strategies/strategy.ts';
import type { PoolSlot } from '../pool-slot.ts';

/**
 * What a pick found and what came second. The object is reused: read it before the next pick. What `total` is depends on the rule:
 * `measure` says it.
 */
export class PickRecord {
  readonly rule: PlaceRule;
  /** Of the totals. */
  readonly measure: TotalMeasure;
  /** `take`: start there. `wait`: the best pool has no room, and it is worth waiting for. `none`: no pool has room. */
  verdict: 'take' | 'wait' | 'none' = 'none';
  pool: PoolSlot | undefined = undefined;
  total = 0;
  /** Of the winner, by term of the rule. */
  values: Float64Array;
  runnerUp: PoolSlot | undefined = undefined;
  runnerUpTotal = 0;
  runnerUpValues: Float64Array;
  /** Pools before the winner in base order that had no room for the task; 0 where the pick does not go by that order. */
  full = 0;
  /** Pools whose terms were compared; 0 where there are none. */
  compared = 0;
  /** More pools had room than were compared. */
  isPartial = false;

  constructor(rule: PlaceRule) {
    this.rule = rule;
    this.measure = totalOf(rule);
    this.values = new Float64Array(rule.terms?.length ?? 0);
    this.runnerUpValues = new Float64Array(rule.terms?.length ?? 0);
  }

  clear(): void {
    this.verdict = 'none';
    this.pool = undefined;
    this.total = 0;
    this.runnerUp = undefined;
    this.runnerUpTotal = 0;
    this.full = 0;
    this.compared = 0;
    this.isPartial = false;
  }
}

/** What totals of a rule's picks measure, and which of two wins. */
export interface TotalMeasure {
  readonly name: string;
  readonly unit: string;
  readonly wins: 'lower' | 'higher';
}

export function totalOf(rule: PlaceRule): TotalMeasure {
  switch (rule.pick) {
    case 'first-fit':
      return { ...rule.measures, wins: 'lower' };
    case 'most-free':
      return { name: 'free', unit: 'slots', wins: 'higher' };
    case 'least-loaded':
    case 'two-choices':
      return { name: 'load', unit: 'share of the capacity', wins: 'lower' };
    case 'rotate':
      return { name: 'turns in hand', unit: 'turns', wins: 'higher' };
    default:
      return { name: 'score', unit: 'weighted sum', wins: 'lower' };
  }
}
