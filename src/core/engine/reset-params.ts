import type { Json, JsonObject } from '../domain/json.ts';
import type { StrategyEpoch } from '../ports/catalogue-store.ts';
import type { StrategyChoice } from '../strategies/registry.ts';

/** What parameters were and are, by name. */
export type ResetParams = Readonly<Record<string, { readonly from: Json; readonly to: Json }>>;

/** An epoch that has just begun, with the parameters that it took back to their defaults because they were not named. */
export interface SwitchedEpoch extends StrategyEpoch {
  readonly reset: ResetParams;
}

/**
 * Parameters whose value a switch took away without naming them: what is left out gets its default, also what says who may overtake whom,
 * which every strategy has.
 */
export function resetParams(
  before: { readonly params: JsonObject; readonly defaults: JsonObject },
  after: JsonObject,
  { params, order, place }: StrategyChoice,
): ResetParams {
  const halves = [order, place].map((half) => (typeof half === 'object' ? half.params : undefined));
  const named = new Set([params, ...halves].flatMap((given = {}) => [...leavesOf(given).keys()]));
  const was = leavesOf(before.params);
  const defaults = leavesOf(before.defaults);
  const reset = [...leavesOf(after)].flatMap(([name, to]) => {
    const from = was.get(name);
    const isKept = from === undefined || isSame(from, to) || isSame(from, defaults.get(name)); // what nobody had set is nobody's loss
    return isKept || named.has(name) ? [] : [[name, { from, to }] as const];
  });
  return Object.fromEntries(reset);
}

function isSame(a: Json, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Halves have their parameters within those of the whole. */
function leavesOf(params: Readonly<Record<string, unknown>>): Map<string, Json> {
  const leaves = Object.entries(params).flatMap(([name, value]): (readonly [string, Json])[] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [...leavesOf(value as Record<string, unknown>)]
      : [[name, value as Json]],
  );
  return new Map(leaves);
}
