import type { Outcome } from '../../domain/attempt.ts';
import type { Ms, Seq } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AttemptHandle, NodeWish } from '../../ports/executor.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Store } from '../../ports/store.ts';
import { createGatherer } from './gatherer.ts';
import { type Choice, createHandOver, type Wish } from './hand-over.ts';
import { createLease, type Lease } from './lease.ts';
import { isOpen, type Node } from './node.ts';
import { tell } from './polls.ts';
import type { Registry } from './registry.ts';
import { createReservations } from './reservations.ts';
import { canTake, mostOn, wantOf } from './room.ts';

/** Which attempt is with which node, from the engine's hand-over to the end of the attempt. */
export interface LeaseBook {
  run(attempt: AttemptHandle): Promise<Outcome>;
  adopt(attempt: AttemptHandle, nodeId: string, serverEpoch: number): Promise<Outcome>;
  /** See `Remote`. */
  reserve(wishes: readonly NodeWish[]): readonly string[] | undefined;
  unreserve(seq: Seq): void;
  giveUp(): void;
  /** The lease of that id and who holds it. */
  find(id: string): { readonly node: Node; readonly lease: Lease } | undefined;
  end(lease: Lease, outcome: Outcome): void;
  /** The node did not get what it was given: it may fetch it again. */
  undeliver(lease: Lease): void;
  /** The node takes nothing new: what it has not fetched, and what no other node could run, goes back to the queue. */
  closed(node: Node): void;
  /**
   * The node registered again, maybe with less: what it has not fetched and cannot run now, and what no other node could, goes back to the queue.
   * @param formerPool where it was before
   */
  changed(node: Node, formerPool: string): void;
  /** Ends what the node was given and does not list, where it was missing in more than `mayMiss` lists before. */
  dropUnlisted(node: Node, held: ReadonlySet<string>, mayMiss: number): void;
  /** There may be room that there was not. */
  wake(): void;
  close(): void;
}

interface LeaseBookDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'serverEpoch' | 'leaseAttempts'>;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly roomChanged: (pool: string) => void;
}

/** @param leaseMs what a node gets to confirm a stop */
export function createLeaseBook({ clock, store, logger, registry, roomChanged }: LeaseBookDeps, leaseMs: Ms): LeaseBook {
  const holders = new Map<string, Node>();
  const handOver = createHandOver({ clock, store, registry, logger, take, giveBack, recorded, stopped });
  const reservations = createReservations({ nodesOf: registry.of, isWanted: handOver.isWanted });
  const gatherer = createGatherer();
  let isClosed = false;

  function run(attempt: AttemptHandle): Promise<Outcome> {
    const node = reservations.take(attempt.task.seq, attempt.part?.index);
    if (isClosed) return Promise.resolve({ kind: 'stopped' });
    return new Promise((resolve) => {
      const lease = createLease(attempt, store.serverEpoch, resolve);
      const all = gatherer.add({ lease, node });
      if (all !== undefined) handIn(all);
    });
  }

  /** All parts of it have come, where it has several; their nodes were kept together, or none was. */
  function handIn(all: readonly { readonly lease: Lease; readonly node: Node | undefined }[]): void {
    const choices = all.flatMap(({ lease, node }) => (node === undefined ? [] : [{ lease, node }]));
    if (choices.length === all.length) begin(choices);
    else wish(all.map(({ lease }) => lease));
  }

  /** Its claim said who runs it. */
  function begin(choices: readonly Choice[]): void {
    for (const { node, lease } of choices) {
      take(node, lease);
      lease.stage = 'recording';
      lease.leave = lease.attempt.onStop(() => stop(lease));
    }
    recorded(choices, true);
  }

  function wish(leases: Wish): void {
    for (const lease of leases) {
      const leave = lease.attempt.onStop(() => stop(lease));
      lease.leave = leave;
      if (lease.stage !== 'waiting') leave(); // it was stopped before it began
    }
    if (leases.every(({ stage }) => stage === 'waiting')) handOver.add(leases);
    else for (const lease of leases) if (lease.stage === 'waiting') end(lease, { kind: 'stopped' });
  }

  function unreserve(seq: Seq): void {
    for (const node of reservations.drop(seq)) {
      registry.emptied(node);
      if (!isOpen(node)) roomChanged(node.spec.pool);
    }
    handOver.wake();
  }

  function adopt(attempt: AttemptHandle, nodeId: string, serverEpoch: number): Promise<Outcome> {
    return new Promise((resolve) => {
      const node = registry.await(nodeId, attempt.pool.name);
      const lease = createLease(attempt, serverEpoch, resolve);
      take(node, lease);
      lease.stage = 'delivered';
      lease.isAdopted = true;
      lease.leave = attempt.onStop(() => stop(lease));
      roomChanged(node.spec.pool);
    });
  }

  function take(node: Node, lease: Lease): void {
    node.leases.set(lease.id, lease);
    node.used += lease.attempt.task.slots;
    holders.set(lease.id, node);
  }

  /** The slots come free where the engine frees its own: when the end is committed. */
  function giveBack(node: Node, lease: Lease): void {
    if (!node.leases.delete(lease.id)) return;
    holders.delete(lease.id);
    node.used -= lease.attempt.task.slots;
    registry.emptied(node);
    if (!isOpen(node)) roomChanged(node.spec.pool);
    handOver.wake();
  }

  /** Of several parts none goes out unless all can. */
  function recorded(choices: readonly Choice[], isOurs: boolean): void {
    if (!isOurs) endAll(choices, { kind: 'lost', message: 'It had ended before a node got it.' });
    else if (choices.some(({ lease }) => lease.stop !== undefined)) stopped(choices);
    else if (!choices.every(makeReady)) endAll(choices, { kind: 'released' });
    else
      for (const { node, lease } of choices) {
        node.outbox.push(lease);
        tell(node);
      }
  }

  /** Each counts against what is left of its node for those after it. */
  function makeReady({ node, lease }: Choice): boolean {
    if (!canTake(node, lease)) return false;
    lease.stage = 'ready';
    return true;
  }

  function stopped(choices: readonly Choice[]): void {
    endAll(choices, { kind: 'stopped' });
  }

  function endAll(choices: readonly Choice[], outcome: Outcome): void {
    for (const { lease } of choices) end(lease, outcome);
  }

  function stop(lease: Lease): void {
    if (lease.stage === 'ending') return;
    lease.stop = String(lease.attempt.signal.reason);
    if (lease.stage === 'recording') return; // its node has not heard of it, and will not
    const node = holders.get(lease.id);
    if (lease.stage === 'delivered' && node !== undefined) {
      lease.stopByMs = clock.monotonicMs() + leaseMs;
      node.stops.push(lease);
      tell(node);
    } else end(lease, { kind: 'stopped' });
  }

  function end(lease: Lease, outcome: Outcome): void {
    if (lease.stage === 'waiting') handOver.remove(lease);
    const node = holders.get(lease.id);
    if (lease.stage === 'ready' && node !== undefined) node.outbox = node.outbox.filter((one) => one !== lease);
    lease.stage = 'ending';
    lease.leave();
    if (node !== undefined) void lease.settled.then(() => giveBack(node, lease));
    lease.resolve(outcome);
  }

  function closed(node: Node): void {
    for (const lease of [...node.outbox]) end(lease, { kind: 'released' });
    roomChanged(node.spec.pool);
    releaseHopeless(node.spec.pool);
  }

  function changed(node: Node, formerPool: string): void {
    // The latest first: who has waited longest keeps the room there is.
    for (const lease of [...node.outbox].reverse()) if (!canTake(node, lease)) end(lease, { kind: 'released' });
    for (const pool of new Set([formerPool, node.spec.pool])) releaseHopeless(pool);
  }

  /** What no node could ever run waits in the queue, where its reason can be seen, and not for a node. */
  function releaseHopeless(pool: string): void {
    const open = [...registry.of(pool)].filter(isOpen);
    for (const wish of handOver.waiting(pool)) {
      const here = wish.filter(({ attempt }) => attempt.pool.name === pool);
      const [want] = here.map(({ attempt }) => wantOf(attempt)); // parts are alike
      const most = want === undefined ? 0 : open.reduce((sum, node) => sum + mostOn(node, want), 0);
      if (most < here.length) for (const lease of wish) end(lease, { kind: 'released' });
    }
  }

  function dropUnlisted(node: Node, held: ReadonlySet<string>, mayMiss: number): void {
    for (const lease of [...node.leases.values()]) {
      if (lease.stage !== 'delivered') continue;
      if (held.has(lease.id)) lease.missed = 0;
      else if (++lease.missed > mayMiss) end(lease, { kind: 'lost', message: `Node ${node.spec.id} does not have it any more.` });
    }
  }

  function giveUp(): void {
    const held = Array.from(holders, ([id, node]) => node.leases.get(id));
    for (const lease of held) if (lease?.stage === 'delivered' && lease.stop === 'drain') end(lease, { kind: 'stopped' });
  }

  return {
    run,
    adopt,
    giveUp,
    reserve: (wishes) => reservations.reserve(wishes)?.map(({ spec }) => spec.id),
    unreserve,
    find(id) {
      const node = holders.get(id);
      const lease = node?.leases.get(id);
      return node === undefined || lease === undefined ? undefined : { node, lease };
    },
    end,
    undeliver(lease) {
      const node = holders.get(lease.id);
      if (node !== undefined && lease.stage === 'delivered') recorded([{ node, lease }], true);
    },
    closed,
    changed,
    dropUnlisted,
    wake: handOver.wake,
    close() {
      isClosed = true;
      for (const lease of handOver.close()) end(lease, { kind: 'stopped' });
      for (const node of registry.all()) for (const lease of [...node.outbox]) end(lease, { kind: 'stopped' });
    },
  };
}
