/** Below this many tenants nothing is ever forgotten. */
const fewTenants = 1_024;

/**
 * Whose turn it is between the tenants of one type: each start costs its tenant a turn, and the fewest turns go first. A tenant that comes back
 * after it had nothing waiting goes on where the others are by now, with the turn of who went last, so that idling saves nothing up.
 */
export class Turns {
  // By tenant; one that is not here has as many as went last.
  readonly #taken = new Map<number, number>();
  #latest = 0;
  #forgetAt = fewTenants;

  /** Turns of a tenant that has something waiting. */
  of(tenant: number): number {
    return this.#taken.get(tenant) ?? this.#latest;
  }

  /** Turns of a tenant that had nothing waiting. */
  ofReturning(tenant: number): number {
    return Math.max(this.of(tenant), this.#latest);
  }

  /** The tenant has something waiting again. */
  enter(tenant: number): void {
    this.#taken.set(tenant, this.ofReturning(tenant));
  }

  /** One of its tasks starts. @returns its turns from now on */
  take(tenant: number): number {
    const before = this.of(tenant);
    this.#latest = Math.max(this.#latest, before);
    this.#taken.set(tenant, before + 1);
    return before + 1;
  }

  /** Start-up: its turns as they were after its last start. */
  recall(tenant: number, turns: number): void {
    this.#taken.set(tenant, turns);
    this.#latest = Math.max(this.#latest, turns - 1);
  }

  /** Forgets who would come back no better than a stranger, now and then. @param waits whether a tenant has something waiting */
  sweep(waits: (tenant: number) => boolean): void {
    if (this.#taken.size < this.#forgetAt) return;
    for (const [tenant, turns] of this.#taken) if (turns <= this.#latest && !waits(tenant)) this.#taken.delete(tenant);
    this.#forgetAt = Math.max(fewTenants, 2 * this.#taken.size);
  }
}
