import { type Demand, demandKey } from './demand.ts';
import { Need, type Shape, type TenantGate, type TypeGate } from './need.ts';

/** Empty needs and shapes are kept for the next task of their kind until there are this many of them and of used ones. */
const sweepFrom = 4096;

/** Interned needs and shapes. Numbers of dropped ones are given out again. */
export class NeedTable {
  readonly needs: (Need | undefined)[] = [];
  readonly shapes: (Shape | undefined)[] = [];
  readonly #byKey = new Map<TypeGate, Map<number | string, Need>>();
  readonly #dropNeed: (need: Need) => void;
  readonly #dropShape: (shape: Shape) => void;
  readonly #freeNeeds: number[] = [];
  readonly #freeShapes: number[] = [];
  #count = 0;
  #sweepAt = sweepFrom;

  /** Both are called with what no waiting task uses any more, shapes before their need. */
  constructor(dropNeed: (need: Need) => void, dropShape: (shape: Shape) => void) {
    this.#dropNeed = dropNeed;
    this.#dropShape = dropShape;
  }

  intern(type: TypeGate, demand: Demand): Need {
    const key = demandKey(demand);
    const known = this.#byKey.get(type)?.get(key);
    if (known !== undefined) return known;
    if (this.#count >= this.#sweepAt) this.#sweep(undefined);
    const need = new Need(this.#freeNeeds.pop() ?? this.needs.length, type, demand);
    this.#count++;
    this.needs[need.id] = need;
    type.needs.push(need);
    const ofType = this.#byKey.get(type) ?? new Map<number | string, Need>();
    this.#byKey.set(type, ofType.set(key, need));
    return need;
  }

  /** The need as it is or would be. A new one is not kept: its number may go to the next one that is, so its rings must be dropped first. */
  draft(type: TypeGate, demand: Demand): Need {
    return this.#byKey.get(type)?.get(demandKey(demand)) ?? new Need(this.#freeNeeds.at(-1) ?? this.needs.length, type, demand);
  }

  /** The shape of the need's tasks behind `gate`. */
  shapeOf(need: Need, gate: TenantGate | undefined): Shape {
    const known = gate === undefined ? need.shapes[0] : gate.shapes.get(need);
    if (known !== undefined) return known;
    if (this.#count >= this.#sweepAt) this.#sweep(need);
    // Entry 0 is the one without a gate.
    const entry = gate === undefined ? 0 : (need.freeEntries.pop() ?? Math.max(1, need.shapes.length));
    const shape: Shape = { id: this.#freeShapes.pop() ?? this.shapes.length, need, entry, gate, waiting: 0, held: false };
    this.#count++;
    this.shapes[shape.id] = shape;
    need.shapes[entry] = shape;
    gate?.shapes.set(need, shape);
    return shape;
  }

  /** Amortised: the next sweep comes when the number of survivors has doubled. */
  #sweep(keep: Need | undefined): void {
    for (const [type, ofType] of this.#byKey) {
      for (const [key, need] of ofType) {
        if (need.waiting > 0) this.#dropEmptyShapes(need);
        else if (need !== keep) {
          this.#dropEmptyShapes(need);
          this.#dropNeed(need);
          this.needs[need.id] = undefined;
          this.#freeNeeds.push(need.id);
          this.#count--;
          ofType.delete(key);
        }
      }
      type.needs = [...ofType.values()];
    }
    this.#sweepAt = Math.max(sweepFrom, 2 * this.#count);
  }

  #dropEmptyShapes(need: Need): void {
    for (const [entry, shape] of need.shapes.entries()) {
      if (shape === undefined || shape.waiting > 0) continue;
      need.shapes[entry] = undefined;
      if (entry > 0) need.freeEntries.push(entry);
      shape.gate?.shapes.delete(need);
      this.#dropShape(shape);
      this.shapes[shape.id] = undefined;
      this.#freeShapes.push(shape.id);
      this.#count--;
    }
  }
}
