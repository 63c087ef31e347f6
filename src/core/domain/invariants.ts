import { memoryRules } from './invariants/memory-rules.ts';
import { outsideRules } from './invariants/outside-rules.ts';
import { rowRules } from './invariants/row-rules.ts';
import type { Rule, RuleId, Violation } from './invariants/rule.ts';
import { walkRules } from './invariants/walk-rules.ts';
import type { World } from './world.ts';

/**
 * Checks every promise that can be checked with what `world` holds. Pure: the simulation, the crash harness, property tests and the doctor
 * all call it. A rule whose input is missing is not in `checked`, so that each caller can insist on the rules it counts on.
 * @see design RELIABILITY §3 for the numbers; I20 is the promise of the strategy switch, I21 that of dependencies
 */
export function checkInvariants(world: World): { readonly violations: readonly Violation[]; readonly checked: readonly RuleId[] } {
  const violations: Violation[] = [];
  const checked = new Set<RuleId>();
  const note = (id: RuleId, found: readonly Omit<Violation, 'rule'>[]) => {
    checked.add(id);
    for (const violation of found) violations.push({ rule: id, ...violation });
  };
  const rules: readonly Rule[] = [...rowRules, ...memoryRules, ...outsideRules];
  for (const { id, check } of rules) {
    const found = check(world);
    if (found !== undefined) note(id, found);
  }
  if (world.rows.log !== undefined) for (const [id, found] of walkRules(world, world.rows.log)) note(id, found);
  return { violations, checked: [...checked].sort() };
}
