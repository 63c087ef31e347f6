// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { TaskEntry } from '../domain/task.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { KeptPool, PassedUntil, Preview, WaitingGroup, WaitingTask, WaitSurvey } from './answers.ts';
import type { Backlog } from './backlog.ts';
import { Candidates } from './candidates.ts';
import { recordOf } from './decision-record.ts';
import type { DrainMeter } from './drain-meter.ts';
import type { Estimates } from './estimates.ts';
import type { Explainer } from './explain.ts';
import { type Forecast, forecastOf, type SlotsAhead } from './forecast.ts';
import type { Gates } from './gates.ts';
import { KnownHolders } from './known-holders.ts';
import type { Layout } from './layout.ts';
import type { Need } from './need.ts';
import type { NeedTable } from './need-table.ts';
import { poolFits } from './pool-fits.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSet } from './pool-set.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { Hold } from './reasons.ts';
import type { Relaxation, Remedy } from './relaxation.ts';
import { remediesFor } from './remedies.ts';
import type { KeptFrom, Reservations } from './reservations.ts';
import type { RunTable } from './run-table.ts';
import type { SpendLedger } from './spend.ts';
import type { TaskCursor, TaskTable } from './task-table.ts';
import { type Candidate, Trial } from './trial.ts';
import { Unlock } from './unlock.ts';
import { surveyWaits } from './wait-survey.ts';
import { waitingGroups } from './waiting-groups.ts';
import type { WorkRatio } from './work-ratio.ts';

/** Pools asked who else waits for them. */
const poolsAsked = 32;
/** Waiting tasks of all needs together that are looked at to say how many go first. */
const sampledInAll = 1_024;
/** Lists of pools that are kept for the next question about the same ones. */
const mostLists = 64;
/** Ends in the short window below which the long one is asked. */
const fewEnds = 3;

interface InquiryDeps {
  readonly origin: EpochMs;
  readonly table: TaskTable;
  readonly cursor: TaskCursor;
  readonly work: WorkRatio;
  readonly needs: NeedTable;
  readonly pools: PoolIndex;
  readonly gates: Gates;
  readonly runs: RunTable;
  readonly estimates: Estimates;
  readonly backlog: Backlog;
  readonly spend: SpendLedger;
  readonly explainer: Explainer;
  readonly reservations: Reservations;
  readonly layout: () => Layout;
  /** The last minute, and the last ten. */
  readonly drains: readonly [short: DrainMeter, long: DrainMeter];
}

/** All there is to say about one task, worked out when somebody asks. It changes nothing that decides. */
export class Inquiry {
  readonly #deps: InquiryDeps;
  readonly #candidates: Candidates;
  readonly #trial: Trial;
  readonly #unlock: Unlock;
  readonly #holders: KnownHolders;
  /** By the sets of the rings: active pools, as of that version. */
  readonly #lists = new Map<string, readonly PoolSlot[]>();
  #listsVersion = -1;

  constructor(deps: InquiryDeps) {
    this.#deps = deps;
    this.#candidates = new Candidates(deps);
    this.#trial = new Trial(deps);
    const { runs, gates } = deps;
    this.#holders = new KnownHolders(runs, { type: (id) => gates.at(id).name, tenant: (id) => gates.tenants.nameOf(id) });
    this.#unlock = new Unlock({ ...deps, candidates: this.#candidates, trial: this.#trial });
  }

  waiting(seq: Seq, now: EpochMs): WaitingTask | undefined {
    const { table, explainer, layout } = this.#deps;
    const row = table.rowOf(seq);
    if (row === -1) return undefined;
    const candidate = this.#candidates.at(row);
    const { need, view, shape } = candidate;
    const ahead = layout().lanes.standings.aheadOf(view, shape);
    const { holds: stops } = this.#trial.run(layout(), candidate, ahead, now);
    const holds = stops.length > 0 ? stops : [explainer.describe('not_yet_considered', candidate)];
    const pools = this.#within(need, layout());
    const kept = this.#keptFor(seq, need);
    return {
      holds,
      counts: explainer.countsOf(need),
      forecast: this.#keptForecast(kept, seq, now) ?? this.#forecast(candidate, ahead, holds, pools, now),
      kept,
      holders: this.#holders.on(pools.members),
      passed: this.#passedUntil(row),
    };
  }

  #passedUntil(row: number): PassedUntil {
    const { origin, cursor, work, layout } = this.#deps;
    const { bound } = layout();
    return {
      newerUntil: origin + bound.newerUntil(cursor.at(row), work.value),
      pastFrom: origin + bound.pastFrom(cursor.at(row), work.value),
    };
  }

  /** @param layout of the strategy in force, or of one without tasks: then as if nothing else waited */
  preview(task: Readonly<TaskEntry>, layout: Layout, now: EpochMs): Preview {
    const { origin, explainer, reservations } = this.#deps;
    const candidate = this.#candidates.of(task, layout, now);
    const { need, view, shape } = candidate;
    const isNew = !layout.hasRings(need);
    const ahead = layout.lanes.standings.aheadOf(view, shape);
    const { pool, holds } = this.#trial.run(layout, candidate, ahead, now);
    const { placement } = this.#trial;
    const record =
      pool === undefined ? undefined : recordOf(placement, pool, reservations.kindOf(need, pool, placement.parts), view, now - origin);
    const forecast = pool === undefined ? this.#forecast(candidate, ahead, holds, this.#within(need, layout), now) : startsNow;
    if (isNew) layout.dropRings(need); // a set nobody waits for would be kept up to date for nothing
    return {
      holds,
      poolId: pool?.id,
      parts: pool === undefined ? [] : placement.parts.map(({ id }) => id),
      record,
      isInfeasible: holds.some(({ missing }) => missing !== undefined),
      counts: explainer.countsOf(need),
      prices: explainer.pricesOf(need),
      forecast,
    };
  }

  unlock(seq: Seq, now: EpochMs): readonly Relaxation[] {
    return this.#unlock.of(seq, now);
  }

  remedies(seq: Seq): readonly Remedy[] {
    const { table, explainer, pools } = this.#deps;
    const row = table.rowOf(seq);
    if (row === -1) return [];
    const subject = explainer.subjectAt(row);
    return remediesFor(subject, explainer.surveyOf(subject.need), pools);
  }

  poolFits(seq: Seq, offset: number, limit: number): ReturnType<typeof poolFits> | undefined {
    const { table, needs, pools } = this.#deps;
    const row = table.rowOf(seq);
    return row === -1 ? undefined : poolFits(needs.shapes[table.shapeAt(row)]!.need, pools, offset, limit);
  }

  keptPools(): KeptPool[] {
    return this.#deps.reservations
      .all()
      .flatMap((reservation) => reservation.rooms.map(({ pool }) => this.#keptPool({ ...reservation, pool })));
  }

  groups(now: EpochMs): WaitingGroup[] {
    const { gates } = this.#deps;
    return waitingGroups({ ...this.#deps, tenantName: (tenant) => gates.tenants.nameOf(tenant) }, now);
  }

  surveyWaits(now: EpochMs, since: EpochMs): WaitSurvey {
    const { explainer, needs } = this.#deps;
    return surveyWaits({ ...this.#deps, stopOf: (shape) => explainer.stopOf(needs.shapes[shape]!) }, now, since);
  }

  #keptFor(seq: Seq, need: Need): KeptPool | undefined {
    const { reservations, layout } = this.#deps;
    const own = reservations.of(need);
    const [first] = own?.rooms ?? [];
    const reservation =
      own?.seq === seq && first !== undefined
        ? { ...own, pool: first.pool }
        : reservations.keptFrom(need, layout().ringsOf(need).slice(0, this.#trial.placement.openRings));
    return reservation === undefined ? undefined : this.#keptPool(reservation);
  }

  #keptPool({ pool, seq, shadowMs }: KeptFrom): KeptPool {
    const startsBy = shadowMs === Number.POSITIVE_INFINITY ? undefined : this.#deps.origin + shadowMs;
    return { poolId: pool.id, pool: pool.name, seq, startsBy };
  }

  /** A task that a pool is kept for starts when that has room, at the latest. */
  #keptForecast(kept: KeptPool | undefined, seq: Seq, now: EpochMs): Forecast | undefined {
    if (kept?.startsBy === undefined || kept.seq !== seq) return undefined;
    return { startMs: [0, Math.max(0, Math.round(kept.startsBy - now))], basis: `pool ${kept.pool} is kept for it` };
  }

  #forecast(candidate: Candidate, ahead: number, holds: readonly Hold[], { inOrder, members }: Within, now: EpochMs): Forecast | undefined {
    const [short, long] = this.#deps.drains;
    let drain = short.at(members, now);
    if (drain.ends < fewEnds) drain = long.at(members, now);
    return forecastOf(holds, this.#slotsAhead(candidate, ahead, inOrder), { drain, pools: members.length }, now);
  }

  /** Its own lane goes first for sure; of the others that wait for the same pools, those with a better place, as far as a sample says. */
  #slotsAhead({ need, view, shape }: Candidate, ahead: number, pools: readonly PoolSlot[]): SlotsAhead {
    const { lanes } = this.#deps.layout();
    const own = need.parts * need.slots;
    const least = (ahead + 1) * own;
    const standing = lanes.standings.for(view, shape);
    const competitors = this.#competitors(need, pools);
    const sampled = Math.max(16, Math.min(128, Math.floor(sampledInAll / competitors.size)));
    let most = 0;
    for (const other of competitors) most += lanes.standings.countBefore(other, standing, sampled) * other.parts * other.slots;
    return { least, most: Math.max(least, most + own) };
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
  #within(need: Need, layout: Layout): Within {
    const { version } = this.#deps.pools;
    if (version !== this.#listsVersion || this.#lists.size >= mostLists) this.#lists.clear();
    this.#listsVersion = version;
    const sets = layout
      .ringsOf(need)
      .slice(0, Math.max(1, this.#trial.placement.openRings))
      .map(({ set }) => set);
    const inOrder = this.#listOf(sets);
    // The widest ring mostly holds the others: needs with different homes then ask about the same list.
    const most = sets.reduce((least, set) => Math.max(least, set.pools.length), 0);
    const widest = this.#listOf(sets.filter((set) => set.pools.length === most).slice(0, 1));
    return { inOrder, members: widest.length === inOrder.length ? widest : inOrder };
  }

  /** Active pools of some sets, each once. */
  #listOf(sets: readonly PoolSet[]): readonly PoolSlot[] {
    const key = sets.map((set) => set.key).join('|');
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const list = [...new Set(sets.flatMap((set) => set.pools))].filter((pool) => pool.state === 'active');
    this.#lists.set(key, list);
    return list;
  }
}

/** Pools that a task may go to. */
interface Within {
  /** Those of the first ring first. */
  readonly inOrder: readonly PoolSlot[];
  /** The same in any order, as a list that other needs share. */
  readonly members: readonly PoolSlot[];
}

const startsNow: Forecast = { startMs: [0, 0], basis: 'there is room now' };
