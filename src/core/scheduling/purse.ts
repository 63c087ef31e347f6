import type { Need, Shape } from './need.ts';
import type { NeedTable } from './need-table.ts';
import type { PoolIndex } from './pool-index.ts';
import type { SpendLedger } from './spend.ts';
import type { TaskTable } from './task-table.ts';

interface PurseDeps {
  readonly table: TaskTable;
  readonly needs: NeedTable;
  readonly pools: PoolIndex;
  readonly spend: SpendLedger;
}

/** What tenants can pay for with what their limits leave. */
export class Purse {
  readonly #deps: PurseDeps;

  constructor(deps: PurseDeps) {
    this.#deps = deps;
  }

  /** The need of a task as far as its tenant can pay for it: itself, one without the dearer pools, or none at all. */
  payable(shape: Shape, row: number): Need | undefined {
    const { need } = shape;
    const priceCap = this.#cap(shape, row);
    if (priceCap === undefined) return need;
    return priceCap === -1 ? undefined : this.#deps.needs.intern(need.type, { ...need.demand, priceCap });
  }

  /** It can pay for some pool, and its tenant's money takes none of these from it. */
  isRich(shape: Shape, row: number): boolean {
    return shape.need.priceCap !== -1 && this.#cap(shape, row) === undefined;
  }

  /** The dearest price the tenant can pay; -1: none, `undefined`: as dear as the need allows. */
  #cap({ gate, need }: Shape, row: number): number | undefined {
    if (gate?.account === undefined) return undefined;
    const { spend, pools, table } = this.#deps;
    return pools.prices.capWithin(spend.leftOf(gate.tenant), table.costAt(row), need.priceCap);
  }
}
