import type { Ms } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import type { Lease } from './lease.ts';
import type { Node } from './node.ts';
import type { Registry } from './registry.ts';
import { emptiest, nodeFor } from './room.ts';

/** A lease that could not be recorded (a full disk) is tried again after this. */
const retryMs: Ms = 1_000;

export interface HandOver {
  /** An attempt that wants a node. */
  add(lease: Lease): void;
  /** It ended while it waited. */
  remove(lease: Lease): void;
  /** There may be room that there was not. */
  wake(): void;
  isWanted(pool: string): boolean;
  /** Those of a pool that wait, oldest first. */
  waiting(pool: string): Iterable<Lease>;
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
  readonly recorded: (node: Node, lease: Lease, isOurs: boolean) => void;
}

interface Choice {
  readonly node: Node;
  readonly lease: Lease;
}

/** Finds a node for each attempt and records it: all of a turn share one call, and no node hears of it before the COMMIT. */
export function createHandOver(deps: HandOverDeps): HandOver {
  const { clock, store, registry, logger, take, giveBack, recorded } = deps;
  const waiting = new Map<string, Set<Lease>>();
  let isAwake = false;
  let isClosed = false;
  let callOff = () => {};

  function wake(): void {
    if (isAwake || isClosed || waiting.size === 0) return;
    isAwake = true;
    clock.soon(turn);
  }

  function turn(): void {
    isAwake = false;
    const choices: Choice[] = [];
    for (const [pool, leases] of waiting) {
      const free = new Set(registry.of(pool));
      for (const lease of leases) {
        const { type, slots } = lease.attempt.task;
        const node = nodeFor(free, type, slots);
        if (node === undefined) {
          // What is left over of several nodes fits into none: the next room of one of them is for who has waited longest.
          const kept = emptiest(free, lease.attempt.task);
          if (kept !== undefined) free.delete(kept);
          continue;
        }
        remove(lease);
        lease.stage = 'recording';
        take(node, lease);
        choices.push({ node, lease });
      }
    }
    if (choices.length > 0) void record(choices);
  }

  async function record(choices: readonly Choice[]): Promise<void> {
    const at = clock.now();
    try {
      const ours = await store.leaseAttempts(
        choices.map(({ node, lease: { attempt } }) => ({ seq: attempt.task.seq, attempt: attempt.attempt, at, node: node.spec.id })),
      );
      for (const [i, { node, lease }] of choices.entries()) recorded(node, lease, ours[i] === true);
    } catch (error) {
      logger.warn({ err: error }, 'leases could not be recorded; they are tried again');
      for (const { node, lease } of choices) {
        giveBack(node, lease);
        add(lease);
      }
      callOff();
      callOff = clock.after(retryMs, wake);
    }
  }

  function add(lease: Lease): void {
    lease.stage = 'waiting';
    const { name } = lease.attempt.pool;
    const leases = waiting.get(name);
    if (leases === undefined) waiting.set(name, new Set([lease]));
    else leases.add(lease);
  }

  function remove(lease: Lease): void {
    const { name } = lease.attempt.pool;
    const leases = waiting.get(name);
    if (leases?.delete(lease) === true && leases.size === 0) waiting.delete(name);
  }

  return {
    add(lease) {
      add(lease);
      wake();
    },
    remove,
    wake,
    isWanted: (pool) => waiting.has(pool),
    waiting: (pool) => waiting.get(pool) ?? [],
    close() {
      isClosed = true;
      callOff();
      return [...waiting.values()].flatMap((leases) => [...leases]);
    },
  };
}
