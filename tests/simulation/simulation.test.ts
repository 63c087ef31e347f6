import { describe, expect, it } from 'vitest';
import { ruleIds } from '../../src/core/domain/invariants/rule.ts';
import { faultKinds } from './knobs.ts';
import regressions from './regressions.json' with { type: 'json' };
import { commandFor } from './shrink.ts';
import { type SimulationResult, simulate } from './simulate.ts';

/** Seeds of one ordinary run; more with `SIM_SEEDS`, starting elsewhere with `SIM_FROM`. */
const seeds = Number(process.env['SIM_SEEDS'] ?? 150);
const from = Number(process.env['SIM_FROM'] ?? 1);
const parts = 10;

/** Rare moments that must have been met over the seeds of a run: without them the faults are too tame to prove anything. */
const mustHappen = [
  'killed',
  'died before a commit',
  'died after a commit',
  'disk full',
  'disk failed',
  'start refused by the disk',
  'drained',
  'late report',
  'unknown asked again',
  'cancel cancelled',
  'cancel requested',
  'retried as a new task',
  'made due at once',
  'pool removed',
  'pool in use',
  'bad item refused alone',
  'refused: idempotency_key_reused',
  'refused: overloaded',
  'switched',
  'quota in use',
  'refused: quota_exceeded',
  'refused: rate_limited',
  'wall clock back',
  'wall clock forward',
  'reader reconnected',
  'accepted with parents',
  'child started',
  'gang on several pools',
  'ended for want of a parent',
  'node crashed',
  'node came back with work',
  'done on a node',
  'lease lost',
  'refused: unknown_node',
  'pool left alone',
];

function complaintOf(result: SimulationResult): string {
  return [...result.problems.map(({ rule, message }) => `${rule}: ${message}`), commandFor(result)].join('\n');
}

describe('the engine under faults', () => {
  const results: SimulationResult[] = [];

  for (let part = 0; part < parts; part++) {
    const first = from + Math.floor((seeds * part) / parts);
    const end = from + Math.floor((seeds * (part + 1)) / parts);
    it(`keeps every promise from seed ${first} to ${end - 1}`, async () => {
      for (let seed = first; seed < end; seed++) {
        const result = await simulate({ seed });
        results.push(result);
        if (result.problems.length > 0) expect.fail(complaintOf(result));
      }
    });
  }

  it('had every rule checked', () => {
    const checked = new Set(results.flatMap((result) => result.checked));
    expect(ruleIds.filter((id) => !checked.has(id))).toEqual([]);
  });

  it('met every rare moment', () => {
    const met = new Set(results.flatMap((result) => [...result.probes.keys()]));
    expect(mustHappen.filter((name) => !met.has(name))).toEqual([]);
    expect(faultKinds.filter((kind) => !results.some((result) => result.knobs.on.has(kind)))).toEqual([]);
  });

  it('runs the same way again from the same seed', async () => {
    for (const { seed, digest } of results.slice(0, 20)) {
      const again = await simulate({ seed });
      expect({ seed, digest: again.digest }).toEqual({ seed, digest });
    }
  });
});

describe('what was broken once', () => {
  for (const { seed, without, cause } of regressions) {
    it(`seed ${seed}: ${cause}`, async () => {
      const kinds = faultKinds.filter((kind) => without.some((name) => name === kind));
      expect(kinds).toHaveLength(without.length);
      const result = await simulate({ seed, without: kinds });
      if (result.problems.length > 0) expect.fail(complaintOf(result));
    });
  }
});
