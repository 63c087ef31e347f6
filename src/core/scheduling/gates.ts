// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { TypeLimits } from './contracts.ts';
import { Interner } from './interner.ts';
import type { TenantGate, TypeGate } from './need.ts';

/** Concurrency quotas: how many attempts run of each type, and of each type for each tenant. They count and answer; they wake nobody. */
export class Gates {
  readonly tenants = new Interner();
  readonly #types = new Map<string, TypeGate>();
  readonly #byId: TypeGate[] = [];

  type(name: string): TypeGate {
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const type: TypeGate = {
      id: this.#types.size,
      name,
      total: Number.POSITIVE_INFINITY,
      perTenant: Number.POSITIVE_INFINITY,
      running: 0,
      full: false,
      tenants: new Map(),
      needs: [],
    };
    this.#types.set(name, type);
    this.#byId.push(type);
    return type;
  }

  at(id: number): TypeGate {
    return this.#byId[id]!;
  }

  /** The gate a task of this tenant passes; `undefined` when its type has no limit per tenant. */
  gateFor(type: TypeGate, tenant: number): TenantGate | undefined {
    return type.perTenant === Number.POSITIVE_INFINITY ? undefined : this.#tenantOf(type, tenant);
  }

  take(type: TypeGate, tenant: number): void {
    type.running++;
    this.#tenantOf(type, tenant).running++;
  }

  /** @returns the tenant's gate, from which one attempt less runs. */
  give(type: TypeGate, tenant: number): TenantGate {
    const gate = this.#tenantOf(type, tenant);
    type.running--;
    gate.running--;
    this.forget(type, gate);
    return gate;
  }

  /** Drops a gate that counts nothing and holds nothing. */
  forget(type: TypeGate, gate: TenantGate): void {
    if (gate.running === 0 && gate.shapes.size === 0) type.tenants.delete(gate.tenant);
  }

  /** @returns whether the kind of limit changed, so that shapes have to be split or joined. */
  limit({ type: name, total, perTenant }: TypeLimits): boolean {
    const type = this.type(name);
    const before = type.perTenant;
    type.total = total ?? Number.POSITIVE_INFINITY;
    type.perTenant = perTenant ?? Number.POSITIVE_INFINITY;
    return (before === Number.POSITIVE_INFINITY) !== (type.perTenant === Number.POSITIVE_INFINITY);
  }

  running(name: string, tenant?: string): number {
    const type = this.#types.get(name);
    if (type === undefined) return 0;
    if (tenant === undefined) return type.running;
    return type.tenants.get(this.tenants.find(tenant) ?? -1)?.running ?? 0;
  }

  #tenantOf(type: TypeGate, tenant: number): TenantGate {
    const known = type.tenants.get(tenant);
    if (known !== undefined) return known;
    const gate: TenantGate = { tenant, running: 0, shapes: new Map() };
    type.tenants.set(tenant, gate);
    return gate;
  }
}
