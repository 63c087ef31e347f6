import type { EngineSnapshot } from '../domain/world.ts';
import type { Health, SystemStats } from './engine.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { EngineParts } from './wiring.ts';

/** How it is: for people, for probes and for `checkInvariants`. */
export function createVitals(parts: EngineParts, lifecycle: Pick<Lifecycle, 'phase' | 'step'>) {
  const { store, clock, core, catalogue, dispatcher, settle, submit, due, running, backlog, storage, throughput, waits } = parts;

  function stats(): SystemStats {
    const counts = store.counts();
    const { past, oldest } = waits.totals();
    return {
      byStatus: counts.byStatus,
      completed: counts.completedEver,
      failed: counts.failedEver,
      cancelled: counts.cancelledEver,
      averageLatencyMs: counts.completedEver === 0 ? 0 : counts.completedRunMs / counts.completedEver,
      throughput: throughput.perSecond(),
      costTotal: counts.costEver,
      scheduler: { scheduled: dispatcher.scheduled, settled: settle.settled, notSucceeded: settle.notSucceeded },
      waitingByReason: Object.fromEntries(core.waitingByReason(clock.now())),
      pastMaxWait: past,
      oldestReadyAt: oldest?.readyAt,
      seq: store.logBounds().head,
      at: clock.now(),
    };
  }

  function inspect(): EngineSnapshot {
    const order = core.order();
    return {
      ready: lifecycle.phase === 'ready',
      order,
      kept: new Set(order.filter((seq) => core.isKept(seq))),
      pools: catalogue.pools().map((pool) => ({ name: pool.name, capacity: catalogue.capacityOf(pool), load: core.loadOf(pool.id) })),
      running: Array.from(running.all(), (attempt) => attempt.task.seq),
      deciding: dispatcher.inFlight,
      submitting: submit.inFlight,
      due: due.inFlight,
      waiting: { tenant: backlog.tenants, type: backlog.types },
    };
  }

  async function health(): Promise<Health> {
    const { phase, step } = lifecycle;
    const database = await store.ping().catch(() => false);
    const indexed = core.waiting + dispatcher.inFlight;
    const moving = submit.inFlight + due.inFlight + dispatcher.inFlight;
    const queue = phase === 'ready' && Math.abs(store.counts().byStatus.queued - indexed) <= moving;
    return { phase, step, database, queue, scheduler: phase === 'ready' && dispatcher.healthy() && !storage.full, storage: store.state() };
  }

  return { stats, inspect, health };
}
