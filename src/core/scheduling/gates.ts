// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { TenantLimits, TypeLimits } from './contracts.ts';
import { Interner } from './interner.ts';
import type { TenantAccount, TenantGate, TypeGate } from './need.ts';
import { Turns } from './turns.ts';

/** Concurrency quotas: how many attempts run of each type, of each type for each tenant, of each tenant. They count and answer; they wake nobody. */
export class Gates {
  readonly tenants = new Interner();
  readonly #types = new Map<string, TypeGate>();
  readonly #byId: TypeGate[] = [];
  // By tenant; only those with limits of their own.
  readonly #accounts = new Map<number, TenantAccount>();

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
      turns: undefined,
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

  /** The gate a task of this tenant passes; `undefined` when its type tells tenants not apart and the tenant has no limits. */
  gateFor(type: TypeGate, tenant: number): TenantGate | undefined {
    if (!tellsTenantsApart(type) && !this.#accounts.has(tenant)) return undefined;
    return this.#tenantOf(type, tenant);
  }

  /** As `gateFor`, of a tenant that may never have been seen; nothing is made. */
  gateIfAny(type: TypeGate, tenant: number): TenantGate | undefined {
    const account = this.#accounts.get(tenant);
    if (!tellsTenantsApart(type) && account === undefined) return undefined;
    return type.tenants.get(tenant) ?? { tenant, running: 0, waiting: 0, shapes: new Map(), account, most: mostOf(type, account) };
  }

  /** @returns the tenant's gate, from which one attempt more runs. */
  take(type: TypeGate, tenant: number): TenantGate {
    type.running++;
    const gate = this.#tenantOf(type, tenant);
    gate.running++;
    if (gate.account !== undefined) gate.account.running++;
    return gate;
  }

  /** @returns the tenant's gate, from which one attempt less runs. */
  give(type: TypeGate, tenant: number): TenantGate {
    const gate = this.#tenantOf(type, tenant);
    type.running--;
    gate.running--;
    if (gate.account !== undefined) gate.account.running--;
    this.forget(type, gate);
    return gate;
  }

  /** Drops a gate that counts nothing and holds nothing. */
  forget(type: TypeGate, gate: TenantGate): void {
    if (gate.running > 0 || gate.shapes.size > 0) return;
    type.tenants.delete(gate.tenant);
    gate.account?.gates.delete(gate);
  }

  /** @returns whether shapes have to be split or joined. */
  limit({ type: name, total, perTenant, takesTurns = false }: TypeLimits): boolean {
    const type = this.type(name);
    const before = tellsTenantsApart(type);
    type.total = total ?? Number.POSITIVE_INFINITY;
    type.perTenant = perTenant ?? Number.POSITIVE_INFINITY;
    if (takesTurns !== (type.turns !== undefined)) type.turns = takesTurns ? new Turns() : undefined;
    for (const gate of type.tenants.values()) gate.most = mostOf(type, gate.account);
    return before !== tellsTenantsApart(type);
  }

  /** @returns whether the tenant's account is new, so that its tasks have to get shapes of their own. */
  limitTenant(limits: TenantLimits): { readonly account: TenantAccount; readonly isNew: boolean } {
    const { tenant: name, maxRunning, guaranteed, typeLimits = {} } = limits;
    const tenant = this.tenants.idOf(name);
    const known = this.#accounts.get(tenant);
    const account = known ?? this.#open(tenant);
    account.most = maxRunning ?? Number.POSITIVE_INFINITY;
    account.guaranteed = guaranteed;
    account.typeLimits = typeLimits;
    for (const type of this.#byId) {
      const gate = type.tenants.get(tenant);
      if (gate !== undefined) gate.most = mostOf(type, account);
    }
    return { account, isNew: known === undefined };
  }

  running(name: string, tenant?: string): number {
    const type = this.#types.get(name);
    if (type === undefined) return 0;
    if (tenant === undefined) return type.running;
    return type.tenants.get(this.tenants.find(tenant) ?? -1)?.running ?? 0;
  }

  mostRunning(name: string): number {
    let most = 0;
    for (const { running, account } of this.#types.get(name)?.tenants.values() ?? [])
      if (account === undefined || !Object.hasOwn(account.typeLimits, name)) most = Math.max(most, running);
    return most;
  }

  runningBy(name: string): number {
    const tenant = this.tenants.find(name) ?? -1;
    const account = this.#accounts.get(tenant);
    if (account !== undefined) return account.running;
    return this.#byId.reduce((sum, type) => sum + (type.tenants.get(tenant)?.running ?? 0), 0);
  }

  #tenantOf(type: TypeGate, tenant: number): TenantGate {
    const known = type.tenants.get(tenant);
    if (known !== undefined) return known;
    const account = this.#accounts.get(tenant);
    const gate: TenantGate = { tenant, running: 0, waiting: 0, shapes: new Map(), account, most: mostOf(type, account) };
    type.tenants.set(tenant, gate);
    account?.gates.add(gate);
    return gate;
  }

  #open(tenant: number): TenantAccount {
    const account: TenantAccount = { most: Number.POSITIVE_INFINITY, guaranteed: 0, running: 0, typeLimits: {}, gates: new Set() };
    for (const type of this.#byId) {
      const gate = type.tenants.get(tenant);
      if (gate === undefined) continue;
      gate.account = account;
      account.gates.add(gate);
      account.running += gate.running;
    }
    this.#accounts.set(tenant, account);
    return account;
  }
}

/** Every tenant has shapes of its own. */
function tellsTenantsApart(type: TypeGate): boolean {
  return type.perTenant !== Number.POSITIVE_INFINITY || type.turns !== undefined;
}

/** Attempts of a type that may run for a tenant. */
function mostOf(type: TypeGate, account: TenantAccount | undefined): number {
  const own = account !== undefined && Object.hasOwn(account.typeLimits, type.name) ? account.typeLimits[type.name] : undefined;
  return own ?? type.perTenant;
}
