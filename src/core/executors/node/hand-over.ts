import type { Ms } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import { kept, nodesFor } from './choice.ts';
import type { Lease } from './lease.ts';
import type { Node } from './node.ts';
import type { Registry } from './registry.ts';
import { wantOf } from './room.ts';

/** A lease that could not be recorded (a full disk) is tried again after this. */
const retryMs: Ms = 1_000;

/** One lease, or those of all parts of an attempt that nodes are to run: all of them get a node, or none does. */
export type Wish = readonly Lease[];

/** A lease and the node it is for. */
export interface Choice {
  readonly node: Node;
  readonly lease: Lease;
}

export interface HandOver {
  /** An attempt that wants a node, or several. */
  add(wish: Wish): void;
  /** It ended while it waited. */
  remove(lease: Lease): void;
  /** There may be room that there was not. */
  wake(): void;
  isWanted(pool: string): boolean;
  /** Those that wait for nodes of a pool, oldest first. */
  waiting(pool: string): readonly Wish[];
  /** @returns what still waits. */
  close(): readonly Lease[];
}

interface HandOverDeps {
  readonly clock: Clock;
  readonly store: Pick<TaskStore, 'leaseAttempts'>;
  readonly registry: Registry;
  readonly logger: Logger;
  /** The node has it, for the store: the slots are taken from here on. */
  readonly take: (node: Node, lease: Lease) => void;
  readonly giveBack: (node: Node, lease: Lease) => void;
  /** Of all leases of a wish. */
  readonly recorded: (choices: readonly Choice[], isOurs: boolean) => void;
  /** The same of one that could not be recorded, and is wanted no more. */
  readonly stopped: (choices: readonly Choice[]) => void;
}

/** Finds nodes for each attempt and records them: all of a turn share one call, and no node hears of it before the COMMIT. */
export function createHandOver(deps: HandOverDeps): HandOver {
  const { clock, store, registry, logger, take, giveBack, recorded, stopped } = deps;
  /** By each of its leases, in the order in which they came. */
  const waiting = new Map<Lease, Wish>();
  /** Leases that wait, by pool. */
  const wanted = new Map<string, number>();
  let isAwake = false;
  /** The store could not record: nothing is tried until the pause is over. */
  let isPausing = false;
  let isClosed = false;
  let callOff = () => {};

  function wake(): void {
    if (isAwake || isPausing || isClosed || waiting.size === 0) return;
    isAwake = true;
    clock.soon(turn);
  }

  function turn(): void {
    isAwake = false;
    const found: (readonly Choice[])[] = [];
    const free = new Map<string, Set<Node>>();
    const freeOf = (pool: string) => {
      const known = free.get(pool);
      if (known !== undefined) return known;
      const made = new Set(registry.of(pool));
      free.set(pool, made);
      return made;
    };
    for (const wish of wishes()) {
      const wants = wish.map(({ attempt }) => wantOf(attempt));
      const nodes = nodesFor(wants, freeOf);
      if (nodes === undefined) {
        for (const pool of new Set(wants.map((want) => want.pool))) {
          const here = wants.filter((want) => want.pool === pool);
          for (const node of kept(freeOf(pool), here)) freeOf(pool).delete(node);
        }
        continue;
      }
      const choices = wish.map((lease, i) => ({ lease, node: nodes[i] as Node })); // same length
      for (const { node, lease } of choices) {
        remove(lease);
        lease.stage = 'recording';
        take(node, lease);
      }
      found.push(choices);
    }
    if (found.length > 0) void record(found);
  }

  function wishes(): readonly Wish[] {
    return [...new Set(waiting.values())];
  }

  async function record(found: readonly (readonly Choice[])[]): Promise<void> {
    const at = clock.now();
    try {
      const ours = await store.leaseAttempts(found.map((choices) => ({ ...leaseOf(choices), at })));
      for (const [i, choices] of found.entries()) recorded(choices, ours[i] === true);
    } catch (error) {
      logger.warn({ err: error }, 'leases could not be recorded; they are tried again');
      pause();
      const again = found.filter((choices) => !isClosed && choices.every(({ lease }) => lease.stop === undefined));
      for (const choices of found) if (!again.includes(choices)) stopped(choices);
      for (const { node, lease } of again.flat()) giveBack(node, lease);
      putBack(again.map((choices) => choices.map(({ lease }) => lease)));
    }
  }

  function pause(): void {
    if (isClosed) return;
    isPausing = true;
    callOff();
    callOff = clock.after(retryMs, () => {
      isPausing = false;
      wake();
    });
  }

  /** They came before whoever waits by now. */
  function putBack(first: readonly Wish[]): void {
    const later = wishes();
    waiting.clear();
    wanted.clear();
    for (const wish of [...first, ...later]) add(wish);
  }

  function add(wish: Wish): void {
    for (const lease of wish) {
      lease.stage = 'waiting';
      waiting.set(lease, wish);
      count(lease, 1);
    }
  }

  /** The others of its wish do not go on without it. */
  function remove(lease: Lease): void {
    for (const each of waiting.get(lease) ?? []) if (waiting.delete(each)) count(each, -1);
  }

  function count({ attempt: { pool } }: Lease, change: 1 | -1): void {
    const now = (wanted.get(pool.name) ?? 0) + change;
    if (now === 0) wanted.delete(pool.name);
    else wanted.set(pool.name, now);
  }

  return {
    add(wish) {
      add(wish);
      wake();
    },
    remove,
    wake,
    isWanted: (pool) => wanted.has(pool),
    waiting: (pool) => (wanted.has(pool) ? wishes().filter((wish) => wish.some(({ attempt }) => attempt.pool.name === pool)) : []),
    close() {
      isClosed = true;
      callOff();
      return [...waiting.keys()];
    },
  };
}

/** What the store keeps of it: of several parts the node of each, `null` for those that no node runs. */
function leaseOf(choices: readonly Choice[]): { seq: number; attempt: number; node: string; nodes?: readonly (string | null)[] } {
  const [{ node, lease }] = choices as readonly [Choice, ...Choice[]]; // no wish is empty
  const { task, attempt, part } = lease.attempt;
  const first = { seq: task.seq, attempt, node: node.spec.id };
  if (part === undefined) return first;
  const nodes: (string | null)[] = Array.from({ length: part.count }, () => null);
  for (const choice of choices) nodes[choice.lease.attempt.part?.index ?? 0] = choice.node.spec.id;
  return { ...first, nodes };
}
