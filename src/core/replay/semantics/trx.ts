// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { TaskEntry } from '../../domain/task.ts';
import { createSchedulingCore, type PoolEntry } from '../../scheduling/core.ts';
import type { EstimateSource } from '../../scheduling/estimates.ts';
import { easyReservations } from '../../strategies/overtaking.ts';
import { createStrategy } from '../../strategies/registry.ts';
import type { SlopeOrder, Strategy, Strict } from '../../strategies/strategy.ts';
import type { Jobs } from '../jobs.ts';
import { standardJobs } from '../standard-filter.ts';
import type { TaskFields } from '../trace.ts';
import { TraceError } from '../trace-error.ts';
import type { SimObserver } from '../trx/sim-observer.ts';
import { createSimulation } from '../trx/simulation.ts';
import { type Backfill, type Placement, refusal, type Semantics, type Setting } from './semantics.ts';
import { scoreOrders } from './trx-scores.ts';
import { conservativeYardstick, easyYardstick, type Yardstick } from './trx-yardsticks.ts';

/** The decision core of the server with its own strategies; only clock and executor are exchanged. */
export const trx: Semantics = { name: 'trx', hasPools: true, load: standardJobs, choose };

interface Policy {
  /** Of the registry. */
  readonly strategy: string;
  /** In place of the strategy's own. */
  readonly order?: SlopeOrder;
  readonly backfill?: Backfill;
  /** The run times are known. */
  readonly isClairvoyant?: boolean;
}

/** What the literature calls them. */
const aliases: ReadonlyMap<string, Policy> = new Map([
  ['fcfs', { strategy: 'fifo' }],
  ['easy', { strategy: 'fifo', backfill: 'easy' }],
  ['easy-clairvoyant', { strategy: 'fifo', backfill: 'easy', isClairvoyant: true }],
  ...[...scoreOrders].map(([name, order]): [string, Policy] => [name, { strategy: 'f1', order }]),
]);

interface Rule {
  readonly backfill: Backfill;
  readonly simulate: Yardstick;
}

/** What the decision core has not, to compare it with. */
const yardsticks: ReadonlyMap<string, Rule> = new Map([
  ['easy-sjbf', { backfill: 'easy', simulate: easyYardstick('shortest-first') }],
  ['easy-sjbf-clairvoyant', { backfill: 'easy', simulate: knowing(easyYardstick('shortest-first')) }],
  ['conservative', { backfill: 'conservative', simulate: conservativeYardstick }],
  ['conservative-clairvoyant', { backfill: 'conservative', simulate: knowing(conservativeYardstick) }],
]);
/** Those that were made for the estimates the server works out for itself; all others see what users stated, as in the literature. */
const predicting: ReadonlySet<string> = new Set(['bounded_slowdown']);
const msPerS = 1_000;
const hourMs = 3_600_000;
const seed = 1;

function choose(policy: string, backfill: Backfill | undefined): ReturnType<Semantics['choose']> {
  const yardstick = yardsticks.get(policy === 'fcfs' && backfill === 'conservative' ? 'conservative' : policy);
  if (yardstick !== undefined) return chooseYardstick(policy, yardstick, backfill);
  const known: Policy = aliases.get(policy) ?? { strategy: policy };
  const rule = known.backfill ?? backfill ?? 'none';
  if (rule === 'conservative') return refusal(`trx has --backfill conservative with fcfs only; ${policy} has none and easy`);
  if (rule !== 'none' && rule !== 'easy') return refusal(`trx has no --backfill ${rule}; it has none, easy, and conservative with fcfs`);
  if (backfill !== undefined && backfill !== rule) return refusal(`${policy} has --backfill ${rule} and no other`);
  const made = createStrategy(known.strategy);
  if (made.kind !== 'made')
    return refusal(
      `trx has no policy ${policy}; it has ${[...aliases.keys(), ...yardsticks.keys(), ...made.allowed].join(', ')}, and an order and a placement as in priority+least_loaded`,
    );
  const estimates = predicting.has(known.strategy) ? 'predicted' : 'stated';
  return {
    kind: 'choice',
    policy,
    backfill: rule,
    simulate: (jobs, machine, setting) =>
      simulate(
        asInTraces(
          known.order === undefined ? made.strategy : { ...made.strategy, order: known.order },
          rule,
          setting === undefined ? 'global' : 'shape',
        ),
        estimates,
        known.isClairvoyant ? { ...jobs, estimate: jobs.run } : jobs,
        setting ?? oneMachine(machine),
      ),
  };
}

function chooseYardstick(
  policy: string,
  { backfill: rule, simulate }: Rule,
  backfill: Backfill | undefined,
): ReturnType<Semantics['choose']> {
  if (backfill !== undefined && backfill !== rule) return refusal(`${policy} has --backfill ${rule} and no other`);
  const what = 'is worked out beside the decision core, which has no such rule: a yardstick, and not what the server would do';
  return {
    kind: 'choice',
    policy,
    backfill: rule,
    isOneMachine: true,
    note: `${policy} ${what}`,
    simulate: (jobs, machine) => ({ starts: simulate(jobs, machine) }),
  };
}

/** Every user knows how long the job will run. */
function knowing(simulate: Yardstick): Yardstick {
  return (jobs, machine) => simulate({ ...jobs, estimate: jobs.run }, machine);
}

/**
 * On one machine whoever is first holds back all others, but for what a reservation lets pass; between pools of different kinds that would
 * let a processor stand idle for a job that wants another. Who is first is asked whenever a job comes or ends.
 */
function asInTraces(strategy: Strategy, backfill: 'none' | 'easy', strict: Strict): Strategy {
  const { order } = strategy;
  return {
    ...strategy,
    order: order.class === 'slope' ? { ...order, refreshMs: 0, isByEvents: true } : order,
    overtaking: backfill === 'easy' ? { strict, reservations: easyReservations } : { strict },
  };
}

/** A machine without a price or a place. */
function oneMachine(machine: number): Setting {
  const pool: PoolEntry = {
    ...{ id: 1, name: 'machine', region: 'here', resourceType: 'cpu', costPerUnit: 1, capacity: machine, speed: 1, state: 'active' },
    ...{ accepts: undefined, typeLimits: {}, labels: {}, carbonGramsPerKwh: 0 },
  };
  return { pools: [pool], priceAt: undefined, fieldsOf: () => undefined };
}

function simulate(strategy: Strategy, estimates: EstimateSource, jobs: Jobs, { pools, priceAt, fieldsOf }: Setting): Placement {
  const starts = new Float64Array(jobs.count).fill(Number.NaN);
  const placed = new Int32Array(jobs.count);
  const placeOf = new Map(pools.map(({ id }, i) => [id, i]));
  let running = 0;
  const observer: SimObserver = {
    started({ entry: { seq } }, _attempt, pool, at) {
      running++;
      starts[seq - 1] = at / msPerS;
      placed[seq - 1] = placeOf.get(pool.id)!;
    },
    ended() {
      running--;
    },
  };
  const core = createSchedulingCore({ estimates });
  const sim = createSimulation(core, observer, () => 0);
  core.setStrategy(strategy, 1, seed, 0);
  for (const pool of pools) sim.setPool(pool);

  const order = Array.from(jobs.submit, (_, row) => row).sort((a, b) => jobs.submit[a]! - jobs.submit[b]! || jobs.id[a]! - jobs.id[b]!);
  let hour = Number.NEGATIVE_INFINITY;
  for (const row of order) {
    const at = Math.round(jobs.submit[row]! * msPerS);
    reprice(at);
    sim.advance(at);
    const entry = entryOf(jobs, row, at, fieldsOf(jobs.id[row]!));
    const runMs = Math.round(jobs.run[row]! * msPerS);
    sim.submit({
      ...{ entry, maxAttempts: 1, cancelAt: Number.POSITIVE_INFINITY, expireAt: Number.POSITIVE_INFINITY },
      runs: [{ workMs: runMs, outcome: 'succeeded', backoffMs: 0 }],
    });
  }
  if (priceAt !== undefined) while (running > 0) reprice((hour + 1) * hourMs);
  const [stuck] = sim.finish();
  if (stuck !== undefined) throw new TraceError(`the job can run on none of the pools`, jobs.line[stuck.entry.seq - 1]!);
  return { starts, pools: placed };

  /** Prices change with the hour: every strategy decides by those of the moment. */
  function reprice(until: number): void {
    if (priceAt === undefined) return;
    const last = Math.floor(until / hourMs);
    if (hour === Number.NEGATIVE_INFINITY) hour = last - 1;
    while (hour < last) {
      hour++;
      sim.advance(hour * hourMs);
      for (const [i, pool] of pools.entries()) sim.setPool({ ...pool, costPerUnit: priceAt(i, hour) });
    }
  }
}

/** The row is the seq, so that equal keys go in the order of the ids. */
function entryOf(jobs: Jobs, row: number, at: number, fields: TaskFields | undefined): TaskEntry {
  const slots = jobs.processors[row]!;
  const estimateMs = Math.round(jobs.estimate[row]! * msPerS);
  return {
    seq: row + 1,
    tenant: String(jobs.user[row]!),
    type: fields?.type ?? 'job',
    priority: fields?.priority ?? 5,
    // What it is expected to cost on a pool of price 1: nobody knows the run before it ran.
    cost: fields?.cost ?? Math.max(1e-6, (slots * estimateMs) / hourMs),
    region: fields?.region ?? null,
    regions: null,
    regionMode: 'prefer',
    resourceType: fields?.resourceType ?? null,
    constraints: null,
    slots,
    parts: 1,
    estimateMs,
    deadline: fields?.deadline === undefined ? null : Math.round(fields.deadline * msPerS),
    maxCost: null,
    timeoutMs: estimateMs,
    readyAt: at,
    attempt: 0,
  };
}
