import { TaskRouterError } from '../../domain/errors.ts';
import type { NodeEventType } from '../../domain/events.ts';
import type { Ms } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AttemptHandle, Executor, Remote } from '../../ports/executor.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Store } from '../../ports/store.ts';
import type { HandlerReport } from '../thread.ts';
import { createBeginnings } from './beginnings.ts';
import type { Lease } from './lease.ts';
import { createLeaseBook } from './lease-book.ts';
import { type Node, stateOf } from './node.ts';
import { matches, viewOf } from './node-view.ts';
import type { Nodes, Stop } from './nodes.ts';
import { poll } from './polls.ts';
import { createRegistry } from './registry.ts';
import { createReports } from './reports.ts';
import { createWatch } from './watch.ts';

export interface NodesDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'serverEpoch' | 'leaseAttempts' | 'task' | 'attempts' | 'logNode'>;
  readonly logger: Logger;
  /** Names that cannot be guessed. */
  readonly newSession: () => string;
  readonly onReport?: (attempt: AttemptHandle, report: HandlerReport) => void;
}

export interface NodesOptions {
  /** A node that is not heard of for so long has lost what it held; default 30 s. A heartbeat is due in a third of it. */
  readonly leaseMs?: Ms;
  /** Nodes at once; default 2,000. */
  readonly maxNodes?: number;
}

/** A heartbeat may miss a lease that was on its way to the node; a second one in a row may not. */
const mayMiss = 1;
/** Of the time between two signs of life: they come with jitter. */
const silentAfter = 1.2;
/** A poll that waits is the next sign of life when it ends, if that is no more than so many heartbeats away. */
const mostPollBeats = 2;

/**
 * Work on other machines, by leases: see docs/worker-protocol.md. The database knows which node holds an attempt and memory when it was last
 * heard of, so a restarted server grants each node one lease of time to come back to what it has.
 */
export function createNodes(
  deps: NodesDeps,
  options: NodesOptions = {},
): Nodes & { readonly executor: Executor & { readonly remote: Remote } } {
  const { clock, store, logger, newSession, onReport = () => {} } = deps;
  const { leaseMs = 30_000, maxNodes = 2_000 } = options;
  const heartbeatMs = Math.floor(leaseMs / 3);
  const registry = createRegistry({ clock, maxNodes });
  const book = createLeaseBook({ clock, store, logger, registry, roomChanged: (pool) => roomChanged(pool) }, leaseMs);
  const takeReport = createReports({ clock, store, find: book.find, end: book.end });
  const unconfirmed = (lease: Lease) => book.end(lease, { kind: 'stopped' });
  const watch = createWatch({ clock, logger, registry, silent, lost, unconfirmed }, leaseMs);
  let roomChanged: (pool: string) => void = () => {};
  const beginnings = createBeginnings(clock);
  let isClosed = false;

  // --- what becomes of them ---

  function silent(node: Node): void {
    node.isSilent = true;
    book.closed(node);
  }

  function lost(node: Node): void {
    const seconds = Math.round((clock.monotonicMs() - node.seenMs) / 1_000);
    leave(node, 'node_lost', `Node ${node.spec.id} was not heard of for ${seconds} s.`);
  }

  function leave(node: Node, event: NodeEventType, message: string): void {
    const held = node.leases.size;
    registry.leave(node, event === 'node_lost');
    for (const lease of [...node.leases.values()]) if (lease.stage === 'delivered') book.end(lease, { kind: 'lost', message });
    book.closed(node);
    node.poll?.refuse(new TaskRouterError('unknown_node', message));
    tellLog(event, node, { attempts: held });
  }

  function tellLog(event: NodeEventType, { spec }: Node, more: Readonly<Record<string, number>> = {}): void {
    const details = { node: spec.id, worker_pool: spec.pool, types: spec.types, slots: spec.slots, ...more };
    store.logNode(event, clock.now(), details).catch((err: unknown) => logger.warn({ err }, 'an event of a node could not be logged'));
  }

  // --- what they say ---

  const verbs: Nodes = {
    register(spec, held) {
      refuseWhenClosed();
      const former = registry.present(spec.id);
      former?.poll?.refuse(new TaskRouterError('node_replaced', `Another program registered as node ${spec.id}.`));
      const formerPool = former?.spec.pool;
      const session = newSession();
      const node = registry.enter(spec, session);
      node.dueMs = node.seenMs + heartbeatMs * silentAfter;
      book.dropUnlisted(node, new Set(held), 0);
      if (formerPool !== undefined && formerPool !== spec.pool) roomChanged(formerPool);
      roomChanged(spec.pool);
      if (formerPool !== undefined) book.changed(node, formerPool);
      book.wake();
      watch.arm();
      if (former === undefined) tellLog('node_joined', node);
      return { session, leaseMs, heartbeatMs, stops: stopsFor(node, held) };
    },
    heartbeat(id, session, held) {
      const node = ofSession(id, session);
      renew(node, held, heartbeatMs);
      return { state: stateOf(node), leaseMs, stops: stopsFor(node, held) };
    },
    async poll(id, session, { held, ...pollOptions }) {
      const node = ofSession(id, session);
      if (held !== undefined) renew(node, held, Math.max(heartbeatMs, Math.min(pollOptions.waitMs, mostPollBeats * heartbeatMs)));
      // Now and not when it is answered: what the node reports meanwhile is not lost.
      const lost = (held ?? []).filter((lease) => !isHeldBy(node, lease)).map((lease) => ({ lease, reason: 'lease_lost' }));
      const { leases, stops: news } = await poll(clock, node, pollOptions);
      const stops = new Set([...news, ...stoppedOf(node, held ?? [])]);
      return { leases, stops: [...[...stops].map(stopOf), ...lost], giveBack: () => leases.forEach(book.undeliver) };
    },
    async report(id, session, reports) {
      const node = ofSession(id, session);
      return Promise.all(reports.map((report) => takeReport(node, report)));
    },
    held(id, session, name) {
      const { attempt, settled } = leaseOf(id, session, name);
      return { attempt, ended: settled };
    },
    ready(id, session, name, { waitMs, signal }) {
      return beginnings.ask(leaseOf(id, session, name), { waitMs, signal });
    },
    note(id, session, notes) {
      const node = ofSession(id, session);
      const lostLeases: string[] = [];
      for (const { lease: name, report } of notes) {
        const lease = node.leases.get(name);
        if (lease?.stage !== 'delivered') {
          lostLeases.push(name);
          continue;
        }
        if (report.kind === 'progress') lease.attempt.progressed?.(report.ratio, report.note);
        onReport(lease.attempt, report);
      }
      return lostLeases;
    },
    setDraining(id, isDraining) {
      const node = presentNode(id);
      node.isDraining = isDraining;
      if (isDraining) book.closed(node);
      else roomChanged(node.spec.pool);
      book.wake();
      return viewOf(node, clock);
    },
    remove(id, session) {
      const node = presentNode(id);
      if (session !== undefined) registry.ofSession(id, session);
      leave(node, 'node_left', `Node ${id} left.`);
    },
    all(filter = {}) {
      const views = [...registry.all(), ...registry.departed()].map((node) => viewOf(node, clock));
      const seen = views.filter((node) => matches(node, filter));
      return seen.sort((a, b) => Number(a.state === 'lost') - Number(b.state === 'lost') || (a.id < b.id ? -1 : 1));
    },
    get(id) {
      const node = registry.get(id);
      return node && viewOf(node, clock);
    },
  };

  /**
   * One that is ending because its node reported it is confirmed there, and no longer for the node to stop: not even when it was lost in between and
   * came back, as of several parts the others may still run.
   */
  function isHeldBy(node: Node, id: string): boolean {
    const found = book.find(id);
    if (found?.node.spec.id !== node.spec.id) return false;
    return found.lease.reported !== undefined || (found.node === node && found.lease.stage === 'delivered');
  }

  /** @param nextMs from now, until it says something again */
  function renew(node: Node, held: readonly string[], nextMs: Ms): void {
    node.seenMs = clock.monotonicMs();
    node.seenAt = clock.now();
    node.dueMs = Math.max(node.dueMs, node.seenMs + nextMs * silentAfter);
    book.dropUnlisted(node, new Set(held), mayMiss);
    if (!node.isSilent) return;
    node.isSilent = false;
    roomChanged(node.spec.pool);
    book.wake();
  }

  function ofSession(id: string, session: string): Node {
    refuseWhenClosed();
    return registry.ofSession(id, session);
  }

  function leaseOf(id: string, session: string, name: string): Lease {
    const node = ofSession(id, session);
    const found = book.find(name);
    if (found !== undefined && found.node !== node)
      throw new TaskRouterError('forbidden', `Lease ${name} is of node ${found.node.spec.id}; only that node may use it.`);
    if (found?.lease.stage !== 'delivered')
      throw new TaskRouterError('lease_lost', `Lease ${name.slice(0, 80)} has ended. Stop the work and throw its result away.`);
    return found.lease;
  }

  function refuseWhenClosed(): void {
    if (isClosed) throw new TaskRouterError('draining', 'The server is stopping. Come back with the leases you hold.', { retryAfterS: 1 });
  }

  function presentNode(id: string): Node {
    const node = registry.present(id);
    if (node === undefined) throw new TaskRouterError('not_found', `There is no node ${id.slice(0, 64)}.`);
    return node;
  }

  function stopsFor(node: Node, held: readonly string[]): readonly Stop[] {
    const stops: Stop[] = [];
    for (const lease of held) if (!isHeldBy(node, lease)) stops.push({ lease, reason: 'lease_lost' });
    return [...stops, ...stoppedOf(node).map(stopOf)];
  }

  /** What the node is to stop and has not reported yet. @param held of these; left out: of all it has */
  function stoppedOf(node: Node, held: readonly string[] = [...node.leases.keys()]): readonly Lease[] {
    const leases = held.flatMap((id) => node.leases.get(id) ?? []);
    return leases.filter(({ stop, stage }) => stop !== undefined && stage === 'delivered');
  }

  return {
    ...verbs,
    executor: {
      name: 'node',
      types: undefined,
      tellsReady: true,
      run: book.run,
      remote: {
        room: registry.room,
        reserve: book.reserve,
        unreserve: book.unreserve,
        giveUp: book.giveUp,
        onRoom(listener) {
          roomChanged = listener;
        },
        adopt(attempt, nodeId, serverEpoch) {
          const ending = book.adopt(attempt, nodeId, serverEpoch);
          watch.arm();
          return ending;
        },
      },
      async close() {
        isClosed = true;
        beginnings.close();
        book.close();
        watch.close();
        for (const node of registry.all()) node.poll?.answer();
      },
    },
  };
}

function stopOf(lease: Lease): Stop {
  return { lease: lease.id, reason: lease.stop ?? 'lease_lost' };
}
