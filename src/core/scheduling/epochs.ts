import type { EpochMs } from '../domain/units.ts';
import type { Overtaking, Strategy } from '../strategies/strategy.ts';
import type { StrategySwitch } from './contracts.ts';
import { Lanes } from './lanes.ts';
import { Layout } from './layout.ts';
import type { TenantGate, TypeGate } from './need.ts';
import type { NeedTable } from './need-table.ts';
import type { Outcomes } from './outcomes.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PredictedEnds } from './predicted-ends.ts';
import type { Shares } from './shares.ts';
import { createSwitch, type PendingSwitch } from './strategy-switch.ts';
import type { TaskCursor, TaskTable } from './task-table.ts';
import type { WorkRatio } from './work-ratio.ts';

/** Before the first strategy: a task may go nowhere. */
const noStrategy: Strategy = {
  name: 'none',
  version: 1,
  params: {},
  order: { class: 'static', key: (task) => task.seq },
  place: { rings: [], rules: [] },
};

interface EpochDeps {
  readonly origin: EpochMs;
  readonly table: TaskTable;
  readonly cursor: TaskCursor;
  readonly needs: NeedTable;
  readonly pools: PoolIndex;
  readonly shares: Shares;
  readonly work: WorkRatio;
  readonly ends: PredictedEnds;
  readonly outcomes: Outcomes;
  /** Another layout is in force: nothing waits for what it waited for. */
  readonly restart: (rules: Overtaking) => void;
}

/** The strategy in force as a layout, the one that is being prepared, and the change from one to the other. */
export class Epochs {
  readonly #deps: EpochDeps;
  /** In force. */
  layout: Layout;
  /** Being prepared. */
  next: PendingSwitch | undefined;
  /** Of the strategy in force. */
  number = 0;
  /** Was in force before, and holds its sets still. */
  #last: Layout | undefined;

  constructor(deps: EpochDeps) {
    this.#deps = deps;
    this.layout = this.layoutFor(noStrategy);
    this.layout.lanes.takeOver();
  }

  /** Without tasks, and to be closed by who asked. */
  layoutFor(strategy: Strategy): Layout {
    const { table, cursor, shares, work, pools, ends, origin } = this.#deps;
    const overtaking = rulesOf(strategy);
    const lanes = new Lanes(strategy.order, {
      table,
      cursor,
      shares,
      work,
      isPreferred: ({ gate }) => gate?.account !== undefined && gate.account.running < gate.account.guaranteed,
      turnsOf: ({ gate, need }) => (gate === undefined ? undefined : turnsOf(need.type, gate)),
      grain: overtaking.strict === 'shape' ? undefined : overtaking.reservations?.grain,
    });
    return new Layout(strategy, pools, lanes, ends, origin);
  }

  /** What was being prepared before is discarded. */
  prepare(strategy: Strategy, now: EpochMs): StrategySwitch {
    this.next?.discard();
    this.#clear();
    const { table, needs, cursor, origin } = this.#deps;
    const layout = this.layoutFor(strategy);
    layout.facts.nowMs = now - origin;
    const ended = () => {
      this.next = undefined;
    };
    const install = (layout: Layout, number: number, seed: number, now: EpochMs) => this.#install(layout, number, seed, now);
    this.next = createSwitch(layout, { table, needs, cursor, install, ended, clear: (pools) => this.#clear(pools) });
    return this.next;
  }

  #clear(pools?: number): boolean {
    if (this.#last?.close(pools) !== false) this.#last = undefined;
    return this.#last === undefined;
  }

  #install(layout: Layout, number: number, seed: number, now: EpochMs): void {
    const { needs, origin, outcomes, restart } = this.#deps;
    this.#last = this.layout;
    this.layout = layout;
    this.number = number;
    outcomes.tell(layout.strategy.learn);
    layout.facts.seed(seed);
    layout.facts.nowMs = now - origin;
    layout.lanes.takeOver();
    layout.lanes.advance(layout.facts.nowMs);
    for (const shape of needs.shapes) {
      if (shape?.held !== true) continue;
      shape.held = false;
      layout.lanes.settleShape(shape);
    }
    restart(rulesOf(layout.strategy));
    this.#last.retire();
  }
}

/** A plan says itself who waits for what. */
function rulesOf({ overtaking, place }: Strategy): Overtaking {
  return place.plan === undefined && overtaking !== undefined ? overtaking : { strict: 'shape' };
}

/** Of a tenant that waits, or is about to. */
function turnsOf({ turns }: TypeGate, { tenant, waiting }: TenantGate): number | undefined {
  return waiting === 0 ? turns?.ofReturning(tenant) : turns?.of(tenant);
}
