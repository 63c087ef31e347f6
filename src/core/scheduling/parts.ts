import type { EpochMs } from '../domain/units.ts';
import { Backfill } from './backfill.ts';
import { Backlog } from './backlog.ts';
import type { SchedulingOptions } from './contracts.ts';
import { DrainMeter } from './drain-meter.ts';
import { Epochs } from './epochs.ts';
import { Estimates } from './estimates.ts';
import { Explainer } from './explain.ts';
import { GateKeeper } from './gate-keeper.ts';
import { Gates } from './gates.ts';
import { Inquiry } from './inquiry.ts';
import { LaneKeeper } from './lane-keeper.ts';
import { Looker } from './looker.ts';
import type { Shape } from './need.ts';
import { NeedTable } from './need-table.ts';
import { Outcomes } from './outcomes.ts';
import { Placement } from './placement.ts';
import { Planner } from './planner.ts';
import { PoolChanges } from './pool-changes.ts';
import { PoolIndex } from './pool-index.ts';
import { PredictedEnds } from './predicted-ends.ts';
import { Purse } from './purse.ts';
import { ReadyQueue } from './ready-queue.ts';
import { Reservations } from './reservations.ts';
import { RunTable } from './run-table.ts';
import { Runner } from './runner.ts';
import { Shares } from './shares.ts';
import { SpendLedger } from './spend.ts';
import { TaskCursor, TaskTable } from './task-table.ts';
import { WaitingRoom } from './waiting-room.ts';
import { WorkRatio } from './work-ratio.ts';

export type Parts = ReturnType<typeof createParts>;

/**
 * What the core is made of, from what only remembers to what acts on all of it. Where two know each other, the earlier one is told how to
 * reach the later one.
 */
export function createParts({ origin = 0, estimates: source = 'predicted' }: SchedulingOptions) {
  const gates = new Gates();
  const runs = new RunTable();
  const estimates = new Estimates(source);
  const outcomes = new Outcomes();
  const work = new WorkRatio();
  const spend = new SpendLedger();
  const ends = new PredictedEnds(runs);
  const table = new TaskTable(origin);
  const needs = new NeedTable(
    (need) => changes.dropRings(need),
    (shape) => dropShape(shape),
  );
  const cursor = new TaskCursor(table, needs.shapes);
  const pools = new PoolIndex({
    idOf: (type) => gates.type(type).id,
    running: (place, type) => runs.count(place, type),
  });
  const shares = new Shares(pools.capacity);
  const backlog = new Backlog(pools.capacity);
  const drains = [new DrainMeter(60_000), new DrainMeter(600_000)] as const;
  const reservations = new Reservations(pools, ends);
  const known = {
    origin,
    gates,
    runs,
    estimates,
    outcomes,
    work,
    spend,
    ends,
    table,
    needs,
    cursor,
    pools,
    shares,
    backlog,
    drains,
    reservations,
  };

  const epochs: Epochs = new Epochs({
    ...known,
    restart: (rules) => {
      lanes.restart();
      backfill.restart(rules);
      ready.restart();
    },
  });
  const layout = () => epochs.layout;
  const ready: ReadyQueue = new ReadyQueue(
    needs.needs,
    (need) => epochs.layout.ringsOf(need),
    (need) => epochs.layout.lanes.standing(need),
    {
      parked: (need) => backfill.parked(need),
      left: (need) => backfill.left(need),
      mayFit: (need) => backfill.mayFit(need),
      get keepsRoom() {
        return backfill.keepsRoom;
      },
    },
  );
  const lanes = new LaneKeeper({ ready, layout });
  const keeper = new GateKeeper({ ready, layout, next: () => epochs.next?.layout });
  const room = new WaitingRoom({ table, cursor, needs, pools, gates, ready, layout, next: () => epochs.next });
  const backfill: Backfill = new Backfill({ ...known, needs: needs.needs, ready, lanes, layout });
  const acting = { ...known, epochs, ready, lanes, keeper, room, backfill };

  const placement = new Placement(pools, reservations);
  const purse = new Purse(known);
  const planner = new Planner({ ...acting, purse });
  const looker = new Looker({ ...acting, placement, purse });
  const runner = new Runner({ ...acting, planner });
  const changes: PoolChanges = new PoolChanges(acting);
  const explainer = new Explainer({
    ...known,
    layout,
    blocker: () => backfill.blocker,
    sleepsUntil: (seq) => fromOrigin(origin, epochs.layout.sleepers.untilOf(seq)),
    hasPlan: () => epochs.layout.plan !== undefined,
    tenantName: (tenant) => gates.tenants.nameOf(tenant),
    moneyOf: (tenant) => {
      const limit = spend.limitOf(tenant);
      return limit && { ...limit, ...spend.spendingOf(tenant, limit.window) };
    },
  });
  const inquiry = new Inquiry({ ...known, explainer, layout });
  return { ...acting, placement, purse, planner, looker, runner, changes, explainer, inquiry };

  function dropShape(shape: Shape): void {
    epochs.layout.lanes.dropShape(shape);
    epochs.next?.layout.lanes.dropShape(shape);
    if (shape.gate !== undefined) gates.forget(shape.need.type, shape.gate);
  }
}

function fromOrigin(origin: EpochMs, ms: number | undefined): EpochMs | undefined {
  return ms === undefined ? undefined : origin + ms;
}
