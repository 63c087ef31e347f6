// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { ResourceType } from '../domain/task.ts';
import type { Ms } from '../domain/units.ts';
import { WinnerTree } from './winner-tree.ts';

/** Beyond 2^this, use that grows instead of fading is scaled down again. */
const mostHalfLives = 256;

// Of a tenant, together because whoever asks for one mostly asks for several; one line of the processor's cache.
const columns = 8;
const weight = 0;
/** Weighted use, scaled up by 2^(time / half-life): fading is the same for all, so instead of every old use shrinking the new one grows. */
const used = 1;
/** Tasks that wait or run. */
const tasks = 2;
const slots = { cpu: 3, gpu: 4 } as const;

/** A tenant that was never seen. */
export const nobody = -1;

/**
 * What tenants used and hold. A tenant that comes back from idling starts at the least use among those active, so that idling saves nothing
 * up (start-time fair queueing: Goyal, Vin, Cheng, SIGCOMM'96).
 */
export class Shares {
  #cells = new Float64Array(0);
  #tenants = 0;
  readonly #active = new WinnerTree();
  readonly #capacity: Readonly<Record<ResourceType, number>>;
  #halfLifeMs = Number.POSITIVE_INFINITY;
  #fadedFrom: Ms = 0;
  #scale = 1;

  /** @param capacity slots of all pools, kept up to date by the owner */
  constructor(capacity: Readonly<Record<ResourceType, number>>) {
    this.#capacity = capacity;
  }

  setWeight(tenant: number, to: number): void {
    const at = this.#of(tenant);
    const cells = this.#cells;
    cells[at + used]! *= cells[at + weight]! / to;
    cells[at + weight] = to;
    this.#stand(tenant);
  }

  /** One more task of the tenant waits or runs. */
  enter(tenant: number): void {
    const at = this.#of(tenant);
    const cells = this.#cells;
    if (cells[at + tasks]!++ > 0) return;
    cells[at + used] = this.#usedWhenBack(cells[at + used]!);
    this.#stand(tenant);
  }

  leave(tenant: number): void {
    const at = this.#of(tenant);
    if (--this.#cells[at + tasks]! === 0) this.#active.clear(tenant);
  }

  take(tenant: number, kind: ResourceType, taken: number): void {
    const at = this.#of(tenant);
    this.#cells[at + slots[kind]]! += taken;
  }
  give(tenant: number, kind: ResourceType, given: number): void {
    const at = this.#of(tenant);
    this.#cells[at + slots[kind]]! -= given;
  }

  /** @param amount slot-milliseconds; negative takes back what was charged too much. */
  charge(tenant: number, amount: number): void {
    const at = this.#of(tenant);
    this.#cells[at + used]! += (amount * this.#scale) / this.#cells[at + weight]!;
    this.#stand(tenant);
  }

  /** To be compared only with that of others, at the same moment. Of a tenant that is idle: what it would be were it to come back now. */
  usedOf(tenant: number): number {
    if (tenant === nobody) return this.#usedWhenBack(0);
    const at = this.#of(tenant);
    return this.#cells[at + tasks]! > 0 ? this.#cells[at + used]! : this.#usedWhenBack(this.#cells[at + used]!);
  }

  /** Slot-milliseconds by weight, faded to the last moment told. */
  fadedUseOf(tenant: number): number {
    return tenant === nobody ? 0 : this.#cells[this.#of(tenant) + used]! / this.#scale;
  }

  /** The largest share of any kind of slot that the tenant would hold with `more`, by weight. */
  dominantOf(tenant: number, kind: ResourceType, more: number): number {
    const at = tenant === nobody ? -1 : this.#of(tenant);
    const held = (of: ResourceType) =>
      ((at === -1 ? 0 : this.#cells[at + slots[of]]!) + (of === kind ? more : 0)) / Math.max(1, this.#capacity[of]);
    return Math.max(held('cpu'), held('gpu')) / (at === -1 ? 1 : this.#cells[at + weight]!);
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
    for (let tenant = 0; tenant < this.#tenants; tenant++) {
      this.#cells[columns * tenant + used]! /= this.#scale;
      this.#stand(tenant);
    }
    this.#scale = 1;
  }

  #usedWhenBack(before: number): number {
    const least = this.#active.best();
    return least === -1 ? before : Math.max(before, this.#cells[columns * least + used]!);
  }

  /** Its use changed. */
  #stand(tenant: number): void {
    const at = columns * tenant;
    if (this.#cells[at + tasks]! > 0) this.#active.set(tenant, this.#cells[at + used]!, 0, 0);
  }

  /** Where its numbers are, which may be elsewhere after. */
  #of(tenant: number): number {
    while (this.#tenants <= tenant) this.#add();
    return columns * tenant;
  }

  #add(): void {
    const at = columns * this.#tenants++;
    if (at === this.#cells.length) {
      const cells = new Float64Array(Math.max(64, 2 * this.#cells.length));
      cells.set(this.#cells);
      this.#cells = cells;
    }
    this.#cells[at + weight] = 1;
  }
}
