import type { ResourceType } from '../domain/task.ts';
import type { EpochMs } from '../domain/units.ts';
import type { PoolKind, PoolView } from '../strategies/strategy.ts';
import type { PoolEntry } from './contracts.ts';
import { HeldParts } from './held-parts.ts';
import type { KeptParts } from './kept-parts.ts';
import type { LabelProfile } from './label-profiles.ts';
import type { PartsByNode } from './part-nodes.ts';

/** Runs after which what is known counts half, so that a pool that got better or worse is seen as such. */
const memory = 2_000;

/** Running attempts of one type inside one pool, where the pool caps it. */
export interface TypeCap {
  readonly most: number;
  /** Most slots that one task of the type may take; Infinity: as of any type. */
  readonly widest: number;
  running: number;
}

/** Of a pool that was not told its labels yet. */
const unlabelled: LabelProfile = { id: -1, labels: new Map() };

/** A pool and what runs on it: the one owner of its slots. */
export class PoolSlot implements PoolView {
  // What every start and end asks comes first: fields lie in memory as they are declared.
  load = 0;
  capacity = 0;
  /** Free slots that are kept for a task that waits long: others may not have them. */
  kept = 0;
  state: PoolEntry['state'] = 'active';
  /** By interned type; `undefined` for the many pools that cap none. */
  caps: ReadonlyMap<number, TypeCap> | undefined;
  /** One task may not have all of its slots. */
  isCut = false;
  /** The capped type of the task that slots are kept for: others of the type would take its place under the cap, so all room is kept from them. -1: none. */
  keptType = -1;
  /** Places for parts that are kept, where parts are a matter of machines: slots left beside a gang may all be on the machines it needs. */
  keptParts: KeptParts | undefined;
  /** Place in arrays kept per pool; recycled. */
  readonly place: number;
  readonly id: number;
  resourceType: ResourceType = 'cpu';
  costPerUnit = 0;
  speed = 1;
  region = -1;
  name = '';
  carbonGramsPerKwh = 0;
  /** Interned list of the types it accepts; -1: any. */
  accepts = -1;
  profile: LabelProfile = unlabelled;
  /** While it is cooling; else Infinity. */
  coolsUntil: EpochMs = Number.POSITIVE_INFINITY;
  /** It may run parts of gangs. */
  runsParts = true;
  /** Where parts fit; `undefined`: wherever slots are free. */
  partNodes: PartsByNode | undefined;
  /** Parts of gangs that run here. */
  readonly held = new HeldParts();
  /** More slots are more machines. */
  onNodes = false;
  closedBy: PoolEntry['closedBy'];
  #widest = Number.POSITIVE_INFINITY;
  #runs = 0;
  #failures = 0;
  #kind: PoolKind | undefined;

  constructor(id: number, place: number) {
    this.id = id;
    this.place = place;
  }

  /** Most slots that one task may take; Infinity: all. */
  get widest(): number {
    return this.#widest;
  }
  set widest(slots: number) {
    this.#widest = slots;
    this.isCut = slots !== Number.POSITIVE_INFINITY;
  }

  /** Its slots are those of machines that come and go, and a task has to fit on one of them. */
  get isOfMachines(): boolean {
    return this.onNodes || this.isCut || this.partNodes !== undefined;
  }

  get free(): number {
    return this.capacity - this.load;
  }

  /** (failures + 1) / (runs + 20): a pool without runs counts 5 %. */
  get failureRatio(): number {
    return (this.#failures + 1) / (this.#runs + 20);
  }

  /** As it is now: the same object for as long as it stays so. */
  get kind(): PoolKind {
    const { id, region, resourceType, costPerUnit, speed } = this;
    const known = this.#kind;
    const isSame = known?.region === region && known.resourceType === resourceType && known.costPerUnit === costPerUnit;
    if (isSame && known.speed === speed) return known;
    this.#kind = { id, region, resourceType, costPerUnit, speed };
    return this.#kind;
  }

  /** An attempt ended here by itself. */
  ended(succeeded: boolean): void {
    this.#runs++;
    if (!succeeded) this.#failures++;
    if (this.#runs < memory) return;
    this.#runs /= 2;
    this.#failures /= 2;
  }

  /** Slots of the largest task of `type` that could run here, were the pool empty. */
  largestFor(type: number): number {
    return Math.min(this.capacity, this.widest, this.caps?.get(type)?.widest ?? Number.POSITIVE_INFINITY);
  }

  /** Slots a task of `type` may take here now; `type` -1 is any type without a cap. */
  roomFor(type: number): number {
    const open = this.openFor(type);
    return this.isCut ? Math.min(open, this.largestFor(type)) : open;
  }

  /** Slots that tasks of `type` may take together. */
  openFor(type: number): number {
    const space = this.spaceFor(type);
    if (space === 0 || (type !== -1 && type === this.keptType)) return 0;
    return space - this.kept;
  }

  /** Parts of so many slots that fit here at once. */
  partsFor(type: number, slots: number): number {
    return this.#besideKept(this.#partsIn(this.openFor(type), type, slots), type, slots);
  }

  /** The same, were nothing kept for anybody. */
  partsIn(type: number, slots: number): number {
    return this.#partsIn(this.spaceFor(type), type, slots);
  }

  /** The same, did nothing run here. */
  mostParts(type: number, slots: number): number {
    if (this.largestFor(type) < slots) return 0;
    const fit = Math.min(Math.floor(this.capacity / slots), this.mostOnNodes(type, slots));
    return Math.min(fit, this.caps?.get(type)?.most ?? Number.POSITIVE_INFINITY);
  }

  /** Parts that its machines hold at most; Infinity: parts are no matter of machines. */
  mostOnNodes(type: number, slots: number): number {
    return this.partNodes === undefined ? Number.POSITIVE_INFINITY : this.partNodes.most(type, slots);
  }

  /** Those that they hold beside others. */
  partsOnNodes(type: number, slots: number, held: HeldParts = this.held): number {
    return this.partNodes === undefined ? Number.POSITIVE_INFINITY : this.partNodes.left(type, slots, held);
  }

  /** Whether its machines hold a part more, and beside it what is kept. */
  holdsPart(type: number, slots: number): boolean {
    return this.partsOnNodes(type, slots) > 0 && this.#besideKept(1, type, slots) > 0;
  }

  /** How many of so many parts leave their places to those that are kept. */
  #besideKept(parts: number, type: number, slots: number): number {
    const kept = this.keptParts;
    if (kept === undefined) return parts;
    let [least, most] = [0, parts];
    while (least < most) {
      const some = Math.ceil((least + most) / 2);
      kept.held.change(type, slots, some);
      if (this.partsOnNodes(kept.type, kept.slots, kept.held) >= kept.parts) least = some;
      else most = some - 1;
      kept.held.change(type, slots, -some);
    }
    return least;
  }

  #partsIn(open: number, type: number, slots: number): number {
    if (open < slots || this.largestFor(type) < slots) return 0;
    const cap = this.caps?.get(type);
    const fit = Math.min(Math.floor(open / slots), this.partsOnNodes(type, slots));
    return cap === undefined ? fit : Math.min(fit, cap.most - cap.running);
  }

  /** The same as `openFor`, were nothing kept for anybody. */
  spaceFor(type: number): number {
    if (this.state !== 'active' || this.load >= this.capacity) return 0;
    if (type !== -1) {
      const cap = this.caps?.get(type);
      if (cap !== undefined && cap.running >= cap.most) return 0;
    }
    return this.capacity - this.load;
  }
}
