import { isBefore, type Lane, type Standing } from './lane.ts';
import type { TypeGate } from './need.ts';
import { WinnerTree } from './winner-tree.ts';

/** Of a tenant that has not what it is guaranteed. */
export const guaranteedRank = -1;
const noTurns = -1;

/** The lanes of one need, and which of them goes first: by the order of the strategy, or by turns of their tenants, where they take turns. */
export class NeedLanes {
  readonly lanes: (Lane | undefined)[] = [];
  readonly #free: number[] = [];
  readonly heads = new WinnerTree();
  #byTurns: WinnerTree | undefined;
  /** The first by turns that could go when it was last looked for. */
  #chosen: Lane | undefined;

  /** The place the next lane gets. */
  take(): number {
    return this.#free.pop() ?? this.lanes.length;
  }

  add(lane: Lane): void {
    this.lanes[lane.entry] = lane;
  }

  drop({ entry }: Lane): void {
    this.heads.clear(entry);
    this.#byTurns?.clear(entry);
    this.#chosen = undefined;
    this.lanes[entry] = undefined;
    this.#free.push(entry);
  }

  /**
   * The first that nothing holds. Where tenants take turns, one without turns is left over from before and holds nothing but tombstones: it
   * comes last, to be found out.
   */
  first({ turns }: TypeGate): Lane | undefined {
    return turns === undefined ? this.#at(this.heads) : (this.#at(this.#byTurns) ?? this.#at(this.heads));
  }

  /**
   * As which of its lanes the need stands among others: the first. Where tenants take turns, until that is found, as the best of them, which is
   * too early and never too late.
   */
  standing(): Lane | undefined {
    return this.#chosen ?? this.#at(this.heads);
  }

  /** The first by turns can go: the need stands as this lane until something changes. @returns whether it stood so before */
  choose(lane: Lane): boolean {
    const stands = this.standing() === lane;
    if (!stands) this.#chosen = lane;
    return stands;
  }

  get chosen(): Lane | undefined {
    return this.#chosen;
  }

  /** Nothing of the need can go. @returns whether it stands elsewhere by that */
  forgetChoice(): boolean {
    const had = this.#chosen !== undefined;
    this.#chosen = undefined;
    return had;
  }

  /**
   * The lane stands there from now on. Rank Infinity: nowhere.
   * @param turns of its tenant; `undefined`: it takes none
   * @returns whether that is news
   */
  show(lane: Lane, rank: number, key: number, seq: number, turns = noTurns): boolean {
    if (lane.rank === rank && lane.key === key && lane.seq === seq && lane.turns === turns) return false;
    lane.turns = turns;
    this.heads.set(lane.entry, rank, key, seq);
    this.#chosen = undefined;
    if (turns === noTurns) this.#byTurns?.clear(lane.entry);
    else {
      this.#byTurns ??= new WinnerTree();
      this.#byTurns.set(lane.entry, rank === Number.POSITIVE_INFINITY ? rank : rankByTurns(rank, turns), key, seq);
    }
    return true;
  }

  #at(tree: WinnerTree | undefined): Lane | undefined {
    const entry = tree === undefined ? -1 : tree.best();
    return entry === -1 ? undefined : this.lanes[entry];
  }
}

/** Whether a lane goes before a place among the lanes of its need. @param turns of the place; `undefined`: its tenant takes none */
export function goesFirst(lane: Lane, standing: Standing, turns: number | undefined): boolean {
  if (turns === undefined) return isBefore(lane, standing);
  const { rank, key, seq } = standing;
  const byTurns = { rank: rankByTurns(rank, turns), key, seq };
  return isBefore({ rank: rankByTurns(lane.rank, lane.turns), key: lane.key, seq: lane.seq }, byTurns);
}

function rankByTurns(rank: number, turns: number): number {
  return rank === guaranteedRank ? rank : turns;
}
