import { roundMoney } from '../../src/core/domain/cost.ts';

/** Turns between the tenants of each type, said again from what happened. */
export class NaiveTurns {
  readonly #types = new Map<string, { latest: number; readonly taken: Map<string, number> }>();

  /** @param waiting tenants that have something waiting of this type */
  set(type: string, takesTurns: boolean, waiting: readonly string[]): void {
    if (!takesTurns) this.#types.delete(type);
    else if (!this.#types.has(type)) this.#types.set(type, { latest: 0, taken: new Map(waiting.map((tenant) => [tenant, 0])) });
  }

  takes = (type: string) => this.#types.has(type);

  of(type: string, tenant: string): number {
    const turns = this.#types.get(type);
    return turns?.taken.get(tenant) ?? turns?.latest ?? 0;
  }

  /** It has something waiting again. */
  enter(type: string, tenant: string): void {
    const turns = this.#types.get(type);
    turns?.taken.set(tenant, Math.max(this.of(type, tenant), turns.latest));
  }

  start(type: string, tenant: string): number {
    const turns = this.#types.get(type);
    if (turns === undefined) return 0;
    const before = this.of(type, tenant);
    turns.latest = Math.max(turns.latest, before);
    turns.taken.set(tenant, before + 1);
    return before + 1;
  }
}

/** Everything that was ever paid, added up anew whenever somebody asks. */
export class NaiveMoney {
  readonly #paid: { readonly tenant: string; readonly at: number; readonly cost: number }[] = [];

  pay(tenant: string, at: number, cost: number): void {
    this.#paid.push({ tenant, at, cost });
  }

  /** Windows in this test are hours. */
  spentBy(tenant: string, now: number) {
    const from = now - (now % 3_600_000);
    const spent = this.#paid.filter((one) => one.tenant === tenant && one.at >= from).reduce((sum, one) => roundMoney(sum + one.cost), 0);
    return { spent, until: from + 3_600_000 };
  }
}
