import { seededRandom } from '../../src/core/scheduling/seeded-random.ts';
import type { Facts, PlaceRule, PoolView, TaskView } from '../../src/core/strategies/strategy.ts';

/** A pool of a ring: what a strategy sees, the slots the task may have there, and whether those are enough. */
export interface NaivePool {
  readonly view: PoolView;
  readonly room: number;
  readonly hasRoom: boolean;
}

/** Who takes turns together: the pools of one ring, whatever made them so, and tasks of one size. */
export interface TurnsOf {
  readonly key: string;
  readonly size: number;
}

interface Group {
  readonly size: number;
  readonly inHand: Map<number, number>;
  readonly pickedAt: number;
}

/** About what a turn costs. */
const turn = 2 ** 20;

/** Every pick by looking at all pools; what picks remember is kept for each pool by itself. */
export class NaivePicks {
  #random = seededRandom(0);
  // Numbers are drawn ahead, so that a trial can give them back.
  readonly #drawn: number[] = [];
  readonly #draw = () => this.#drawn.shift() ?? this.#random();
  #source = this.#draw;
  #groups = new Map<string, Group>();
  /** By size and pool: what it had in hand in the group that picked last, when that ended. */
  readonly #left = new Map<string, number>();
  #picks = 0;

  /** A strategy begins. */
  begin(seed: number): void {
    this.#random = seededRandom(seed);
    this.#drawn.length = 0;
    this.#groups.clear();
    this.#left.clear();
  }

  /** Pools came, went or changed: all groups end. */
  poolsChanged(): void {
    for (const { size, inHand } of [...this.#groups.values()].toSorted((a, b) => a.pickedAt - b.pickedAt))
      for (const [pool, one] of inHand) this.#left.set(`${size} ${pool}`, one);
    this.#groups.clear();
  }

  /** Asks without consequences. */
  trial<T>(ask: () => T): T {
    const groups = new Map([...this.#groups].map(([key, group]) => [key, { ...group, inHand: new Map(group.inHand) }]));
    let at = 0;
    this.#source = () => {
      if (at === this.#drawn.length) this.#drawn.push(this.#random());
      return this.#drawn[at++]!;
    };
    const answer = ask();
    this.#source = this.#draw;
    this.#groups = groups;
    return answer;
  }

  random = (): number => this.#source();

  /** @param pools all of the ring, some with room. */
  pick(rule: PlaceRule, task: TaskView, pools: readonly NaivePool[], facts: Facts, turns: TurnsOf): number {
    const tie = (pool: PoolView) => rule.tie?.(pool) ?? 0;
    const base = (pool: PoolView) => rule.base(pool, task.region, facts);
    const all = pools.toSorted((a, b) => base(a.view) - base(b.view) || tie(a.view) - tie(b.view) || a.view.id - b.view.id);
    const withRoom = all.filter(({ hasRoom }) => hasRoom);
    const roomy = withRoom.map(({ view }) => view);
    const most = (value: (pool: NaivePool) => number) => withRoom.reduce((best, pool) => (value(pool) > value(best) ? pool : best)).view.id;
    switch (rule.pick) {
      case 'first-fit':
        return roomy[0]!.id;
      case 'most-free':
        return most(({ room }) => room);
      case 'least-loaded':
        return most(({ room, view }) => Math.floor((room / view.capacity) * 2 ** 30));
      case 'two-choices':
        return this.#twoChoices(all);
      case 'rotate':
        return this.#rotate(all, turns, rule);
      default: {
        const terms = rule.terms ?? [];
        const score = (pool: PoolView) => terms.reduce((total, term) => total + term.weight * term.value(task, pool, facts), 0);
        const scored = roomy.slice(0, rule.pick.best).map((pool) => ({ pool, score: score(pool) }));
        return scored.reduce((best, one) => (one.score < best.score ? one : best)).pool.id;
      }
    }
  }

  #twoChoices(all: readonly NaivePool[]): number {
    const draw = () => {
      let at = 0;
      for (let tries = 0; tries < 8; tries++) {
        at = Math.floor(this.random() * all.length);
        if (all[at]!.hasRoom) return at;
      }
      const next = all.findIndex(({ hasRoom }, i) => i >= at && hasRoom);
      return next === -1 ? all.findIndex(({ hasRoom }) => hasRoom) : next;
    };
    const drawn = [draw(), draw()].toSorted((a, b) => a - b).map((at) => all[at]!.view);
    const load = ({ free, capacity }: PoolView) => (capacity - free) / capacity;
    return load(drawn[1]!) < load(drawn[0]!) ? drawn[1]!.id : drawn[0]!.id;
  }

  /** Every pool with room is given its share, whoever has most pays for a turn; one without room keeps one turn at most. */
  #rotate(all: readonly NaivePool[], { key, size }: TurnsOf, rule: PlaceRule): number {
    const inHand = this.#groups.get(key)?.inHand ?? this.#begin(all, size);
    this.#groups.set(key, { size, inHand, pickedAt: this.#picks++ });
    const weight = (pool: PoolView) => rule.weight?.(pool) ?? pool.capacity;
    const having = (id: number) => inHand.get(id) ?? 0;
    const roomy = all.filter(({ hasRoom }) => hasRoom).map(({ view }) => view);
    const total = roomy.reduce((sum, pool) => sum + weight(pool), 0);
    const share = Math.max(1, Math.floor(turn / total));
    for (const { view, hasRoom } of all) {
      inHand.set(view.id, hasRoom ? having(view.id) + share * weight(view) : Math.min(having(view.id), turn));
    }
    const next = roomy.reduce((best, pool) => (having(pool.id) > having(best.id) ? pool : best)).id;
    inHand.set(next, having(next) - share * total);
    return next;
  }

  /** Each has what it brings, less the average. */
  #begin(all: readonly NaivePool[], size: number): Map<number, number> {
    const brought = all.map(({ view }) => this.#left.get(`${size} ${view.id}`) ?? 0);
    const average = Math.floor(brought.reduce((sum, one) => sum + one, 0) / all.length);
    return new Map(all.map(({ view }, i) => [view.id, brought[i]! - average]));
  }
}
