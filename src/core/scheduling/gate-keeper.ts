import type { Layout } from './layout.ts';
import { isFull, type Need, type Shape, type TenantAccount, type TenantGate, type TypeGate } from './need.ts';
import type { ReadyQueue } from './ready-queue.ts';

interface GateKeeperDeps {
  readonly ready: ReadyQueue;
  /** In force, and being prepared. */
  readonly layout: () => Layout;
  readonly next: () => Layout | undefined;
}

const nothing = () => {};

/** Sets aside what a quota stops, and brings it back when the quota lets it: lanes of a shape, needs of a type. */
export class GateKeeper {
  readonly #ready: ReadyQueue;
  readonly #layout: () => Layout;
  readonly #next: () => Layout | undefined;
  readonly #headChanged: (need: Need) => void;

  constructor({ ready, layout, next }: GateKeeperDeps) {
    this.#headChanged = (need) => ready.headChanged(need);
    this.#ready = ready;
    this.#layout = layout;
    this.#next = next;
  }

  /** A quota stops the shape. */
  hold(shape: Shape): void {
    shape.held = true;
    this.#layout().lanes.settleShape(shape);
    this.#ready.headChanged(shape.need);
  }

  unhold(shape: Shape): void {
    if (!shape.held || isFull(shape)) return;
    shape.held = false;
    this.#settle(shape);
  }

  /** The tenant may run more, or has fallen below what it is guaranteed. */
  openAccount(account: TenantAccount): void {
    if (account.running >= account.most) return;
    const isPreferred = account.running < account.guaranteed;
    for (const gate of account.gates) {
      for (const shape of gate.shapes.values()) {
        this.unhold(shape);
        if (isPreferred) this.#settle(shape);
      }
    }
  }

  /** A start cost the tenant a turn, or there are turns now: its lanes stand elsewhere among those of their needs. */
  turnsChanged({ shapes }: TenantGate): void {
    for (const shape of shapes.values()) this.#settle(shape);
  }

  /** The tenant's use or weight changed. */
  settleTenant(tenant: number): void {
    this.#next()?.lanes.settleTenant(tenant, nothing, false);
    this.#layout().lanes.settleTenant(tenant, this.#headChanged, this.#ready.heedsAll);
  }

  /** The type's total is used up: sets its needs aside, however many tenants wait behind it. */
  closeType(type: TypeGate, found: Need): void {
    if (type.full) this.#ready.gate(found);
    else {
      type.full = true;
      for (const need of type.needs) if (need.state === 'active') this.#ready.gate(need);
    }
  }

  openType(type: TypeGate): void {
    if (!type.full || type.running >= type.total) return;
    type.full = false;
    for (const need of type.needs) if (need.state === 'gated') this.#ready.wake(need);
  }

  #settle(shape: Shape): void {
    this.#next()?.lanes.settleShape(shape);
    this.#layout().lanes.settleShape(shape);
    this.#ready.headChanged(shape.need);
  }
}
