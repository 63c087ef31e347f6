// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { PoolEntry } from '../../scheduling/core.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { generateWorkload, type WorkloadOptions } from '../workload.ts';
import type { TracedSource } from './read-rows.ts';
import type { TracedRow } from './traced-row.ts';

const perBatch = 5_000;
const sPerHour = 3_600;
/** Seconds of run time that make a unit of work, for tasks of pools: about the median. */
const sPerUnit = 30;

/**
 * Made tasks: jobs of one machine, or with pools tasks of the types and regions these have, of one slot each and with drawn priorities.
 * @param options `machine`: processors, or the slots of all pools
 */
export function generatedRows(options: WorkloadOptions, pools: readonly PoolEntry[] | undefined): TracedSource {
  return {
    async *batches() {
      const trace = generateWorkload(options);
      const draw = pools === undefined ? undefined : createFieldDraws(options.seed, pools);
      const rowAt = (row: number): TracedRow => {
        const run = trace.run[row]!;
        const slots = trace.requested[row]!;
        const fields = draw?.() ?? { type: 'job', priority: 5, region: null };
        return {
          ...{ line: row + 1, tenant: `user-${trace.user[row]!}`, ...fields, slots, resourceType: null, deadline: null },
          ...{ submittedAt: trace.submit[row]! * 1_000, runMs: run * 1_000, estimateMs: trace.estimate[row]! * 1_000 },
          cost: draw === undefined ? (slots * run) / sPerHour : run / sPerUnit,
        };
      };
      for (let from = 0; from < trace.count; from += perBatch) {
        yield Array.from({ length: Math.min(perBatch, trace.count - from) }, (_, i) => rowAt(from + i));
      }
    },
  };
}

function createFieldDraws(seed: number, pools: readonly PoolEntry[]) {
  const random = createSeededRandom(`fields ${seed}`);
  const types = [...new Set(pools.flatMap(({ accepts }) => accepts ?? ['task']))].sort();
  const regions = [...new Set(pools.map(({ region }) => region))].sort();
  const pick = (from: readonly string[]) => from[Math.floor(random.next() * from.length)] ?? '';
  return () => ({ type: pick(types), region: pick(regions), priority: 1 + Math.floor(random.next() * 10) });
}
