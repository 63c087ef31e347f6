import type { Ms } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Lease } from './lease.ts';
import type { Node } from './node.ts';
import type { Registry } from './registry.ts';

/** Looks are at least this far apart, so a thousand nodes cost one walk a second at most. */
const stepMs: Ms = 1_000;
/** A look that comes later than this was held up together with the heartbeats it looks for. */
const lateMs: Ms = 2_000;

export interface Watch {
  /** Something may be due earlier than was known. */
  arm(): void;
  close(): void;
}

interface WatchDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly silent: (node: Node) => void;
  readonly lost: (node: Node) => void;
  /** Its node did not confirm a stop in time. */
  readonly unconfirmed: (lease: Lease) => void;
}

/**
 * Looks when the nearest lease may have ended, never by the wall clock. While the server itself was stopped or blocked no heartbeat could be
 * heard: every lease is longer by that time then.
 */
export function createWatch(deps: WatchDeps, leaseMs: Ms): Watch {
  const { clock, logger, registry, silent, lost, unconfirmed } = deps;
  let dueMs = Number.POSITIVE_INFINITY;
  let callOff = () => {};

  function arm(): void {
    const now = clock.monotonicMs();
    const next = Math.max(nearest(), now + stepMs);
    if (next >= dueMs) return;
    callOff();
    dueMs = next;
    callOff = next === Number.POSITIVE_INFINITY ? () => {} : clock.after(next - now, look);
  }

  function nearest(): Ms {
    let nearest = Number.POSITIVE_INFINITY;
    for (const node of registry.all()) {
      nearest = Math.min(nearest, node.isSilent ? node.seenMs + leaseMs : Math.min(node.dueMs, node.seenMs + leaseMs));
      for (const lease of stopping(node)) nearest = Math.min(nearest, lease.stopByMs);
    }
    return nearest;
  }

  function look(): void {
    const now = clock.monotonicMs();
    const heldUpMs = now - dueMs;
    dueMs = Number.POSITIVE_INFINITY;
    if (heldUpMs > lateMs) {
      extend(heldUpMs);
      arm(); // what they sent meanwhile is heard first
      return;
    }
    for (const node of [...registry.all()]) {
      if (now - node.seenMs >= leaseMs) lost(node);
      else if (!node.isSilent && now >= node.dueMs) silent(node);
      for (const lease of [...stopping(node)]) if (lease.stopByMs <= now) unconfirmed(lease);
    }
    arm();
  }

  function extend(byMs: Ms): void {
    logger.warn({ held_up_ms: Math.round(byMs) }, 'the server was held up and heard nobody: leases are longer by that time');
    for (const node of registry.all()) {
      node.seenMs += byMs;
      node.dueMs += byMs;
      for (const lease of stopping(node)) lease.stopByMs += byMs;
    }
  }

  return {
    arm,
    close() {
      callOff();
      dueMs = Number.NEGATIVE_INFINITY;
    },
  };
}

function* stopping(node: Node): Iterable<Lease> {
  for (const lease of node.leases.values()) if (lease.stop !== undefined && lease.stage === 'delivered') yield lease;
}
