// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { ResourceType } from '../domain/task.ts';
import type { Ms } from '../domain/units.ts';
import { WinnerTree } from './winner-tree.ts';

/** Beyond 2^this, use that grows instead of fading is scaled down again. */
const mostHalfLives = 256;

interface TenantShare {
  weight: number;
  /** Weighted use, scaled up by 2^(time / half-life): fading is the same for all, so instead of every old use shrinking the new one grows. */
  used: number;
  readonly slots: Record<ResourceType, number>;
  /** Tasks that wait or run. */
  tasks: number;
}

/** A tenant that was never seen. */
export const nobody = -1;

const newTenant = (): TenantShare => ({ weight: 1, used: 0, slots: { cpu: 0, gpu: 0 }, tasks: 0 });

/**
 * What tenants used and hold. A tenant that comes back from idling starts at the least use among those active, so that idling saves nothing
 * up (start-time fair queueing: Goyal, Vin, Cheng, SIGCOMM'96).
 */
export class Shares {
  readonly #tenants: TenantShare[] = [];
  readonly #active = new WinnerTree();
  readonly #capacity: Readonly<Record<ResourceType, number>>;
  #halfLifeMs = Number.POSITIVE_INFINITY;
  #fadedFrom: Ms = 0;
  #scale = 1;

  /** @param capacity slots of all pools, kept up to date by the owner */
  constructor(capacity: Readonly<Record<ResourceType, number>>) {
    this.#capacity = capacity;
  }

  setWeight(tenant: number, weight: number): void {
    const share = this.#of(tenant);
    share.used *= share.weight / weight;
    share.weight = weight;
    if (share.tasks > 0) this.#active.set(tenant, share.used, 0, 0);
  }

  /** One more task of the tenant waits or runs. */
  enter(tenant: number): void {
    const share = this.#of(tenant);
    if (share.tasks++ > 0) return;
    share.used = this.#usedWhenBack(share.used);
    this.#active.set(tenant, share.used, 0, 0);
  }

  leave(tenant: number): void {
    if (--this.#of(tenant).tasks === 0) this.#active.clear(tenant);
  }

  take(tenant: number, kind: ResourceType, slots: number): void {
    this.#of(tenant).slots[kind] += slots;
  }
  give(tenant: number, kind: ResourceType, slots: number): void {
    this.#of(tenant).slots[kind] -= slots;
  }

  /** @param amount slot-milliseconds; negative takes back what was charged too much. */
  charge(tenant: number, amount: number): void {
    const share = this.#of(tenant);
    share.used += (amount * this.#scale) / share.weight;
    if (share.tasks > 0) this.#active.set(tenant, share.used, 0, 0);
  }

  /** To be compared only with that of others, at the same moment. Of a tenant that is idle: what it would be were it to come back now. */
  usedOf(tenant: number): number {
    const { used, tasks } = this.#of(tenant);
    return tasks > 0 ? used : this.#usedWhenBack(used);
  }

  /** Slot-milliseconds by weight, faded to the last moment told. */
  fadedUseOf(tenant: number): number {
    return this.#of(tenant).used / this.#scale;
  }

  /** The largest share of any kind of slot that the tenant would hold with `slots` more, by weight. */
  dominantOf(tenant: number, kind: ResourceType, slots: number): number {
    const share = this.#of(tenant);
    const held = (of: ResourceType) => (share.slots[of] + (of === kind ? slots : 0)) / Math.max(1, this.#capacity[of]);
    return Math.max(held('cpu'), held('gpu')) / share.weight;
  }

  /** @returns true when everybody's use was scaled: what was told before compares no more. */
  fade(nowMs: Ms, halfLifeMs: Ms): boolean {
    if (halfLifeMs !== this.#halfLifeMs) {
      const isScaled = this.#scale !== 1;
      this.#rescale();
      this.#halfLifeMs = halfLifeMs;
      this.#fadedFrom = nowMs;
      return isScaled;
    }
    if (halfLifeMs === Number.POSITIVE_INFINITY) return false;
    const halfLives = (nowMs - this.#fadedFrom) / halfLifeMs;
    this.#scale = 2 ** Math.max(0, halfLives);
    if (halfLives < mostHalfLives) return false;
    this.#rescale();
    this.#fadedFrom = nowMs;
    return true;
  }

  #rescale(): void {
    for (const [tenant, share] of this.#tenants.entries()) {
      share.used /= this.#scale;
      if (share.tasks > 0) this.#active.set(tenant, share.used, 0, 0);
    }
    this.#scale = 1;
  }

  #usedWhenBack(used: number): number {
    const least = this.#active.best();
    return least === -1 ? used : Math.max(used, this.#tenants[least]!.used);
  }

  #of(tenant: number): TenantShare {
    if (tenant === nobody) return newTenant();
    while (this.#tenants.length <= tenant) this.#tenants.push(newTenant());
    return this.#tenants[tenant]!;
  }
}
