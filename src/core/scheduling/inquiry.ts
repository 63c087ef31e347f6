// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs, Seq } from '../domain/units.ts';
import type { WaitingGroup, WaitingTask } from './answers.ts';
import type { DrainMeter } from './drain-meter.ts';
import type { Explainer } from './explain.ts';
import { type Forecast, forecastOf, type SlotsAhead } from './forecast.ts';
import type { Gates } from './gates.ts';
import { holdersOf } from './holders.ts';
import type { Layout } from './layout.ts';
import type { Need } from './need.ts';
import type { NeedTable } from './need-table.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { Hold } from './reasons.ts';
import type { RunTable } from './run-table.ts';
import type { TaskTable } from './task-table.ts';
import { waitingGroups } from './waiting-groups.ts';

/** Pools asked who else waits for them. */
const poolsAsked = 32;
/** Ends in the short window below which the long one is asked. */
const fewEnds = 3;

interface InquiryDeps {
  readonly origin: EpochMs;
  readonly table: TaskTable;
  readonly needs: NeedTable;
  readonly pools: PoolIndex;
  readonly gates: Gates;
  readonly runs: RunTable;
  readonly explainer: Explainer;
  readonly layout: () => Layout;
  /** The last minute, and the last ten. */
  readonly drains: readonly [short: DrainMeter, long: DrainMeter];
}

/** All there is to say about one task, worked out when somebody asks. It changes nothing that decides. */
export class Inquiry {
  readonly #deps: InquiryDeps;

  constructor(deps: InquiryDeps) {
    this.#deps = deps;
  }

  waiting(seq: Seq, now: EpochMs): WaitingTask | undefined {
    const { table, needs, explainer, gates, runs } = this.#deps;
    const row = table.rowOf(seq);
    if (row === -1) return undefined;
    const shape = needs.shapes[table.shapeAt(row)]!;
    const holds = explainer.holdsOf(row);
    const pools = this.#within(shape.need);
    const names = { type: (id: number) => gates.at(id).name, tenant: (id: number) => gates.tenants.nameOf(id) };
    return {
      holds,
      counts: explainer.countsOf(shape.need),
      forecast: this.#forecast(row, holds, pools, now),
      holders: holdersOf(runs, pools, names),
    };
  }

  groups(): WaitingGroup[] {
    const { gates } = this.#deps;
    return waitingGroups({ ...this.#deps, tenantName: (tenant) => gates.tenants.nameOf(tenant) });
  }

  #forecast(row: number, holds: readonly Hold[], pools: readonly PoolSlot[], now: EpochMs): Forecast | undefined {
    const [short, long] = this.#deps.drains;
    let drain = short.at(pools, now);
    if (drain.ends < fewEnds) drain = long.at(pools, now);
    return forecastOf(holds, this.#slotsAhead(row, holds, pools), { drain, pools: pools.length }, now);
  }

  /** Its own lane goes first for sure; of the others that wait for the same pools, those with a better place, as far as a sample says. */
  #slotsAhead(row: number, holds: readonly Hold[], pools: readonly PoolSlot[]): SlotsAhead {
    const { table, needs, layout } = this.#deps;
    const shape = needs.shapes[table.shapeAt(row)]!;
    const { lanes } = layout();
    const ownLane = holds.find(({ ahead }) => ahead !== undefined)?.ahead ?? 0;
    const least = (ownLane + 1) * shape.need.slots;
    const standing = lanes.standingOf(row, shape);
    let most = 0;
    for (const need of this.#competitors(shape.need, pools)) most += lanes.countBefore(need, standing) * need.slots;
    return { least, most: Math.max(least, most + shape.need.slots) };
  }

  /** Needs that wait for room in some of these pools, itself included. */
  #competitors(own: Need, pools: readonly PoolSlot[]): ReadonlySet<Need> {
    const found = new Set([own]);
    for (const pool of pools.slice(0, poolsAsked)) {
      for (const set of this.#deps.pools.setsOf(pool)) for (const id of set.lot.parked()) found.add(this.#deps.needs.needs[id]!);
    }
    return found;
  }

  /** The pools it may go to by now, paused ones left out. */
  #within(need: Need): readonly PoolSlot[] {
    const rings = this.#deps.layout().ringsOf(need);
    const open = need.state === 'parked' ? rings.slice(0, need.parkedIn) : rings;
    const pools = new Set<PoolSlot>();
    for (const { set } of open) for (const pool of set.pools) if (pool.state === 'active') pools.add(pool);
    return [...pools];
  }
}
