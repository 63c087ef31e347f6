import type { AttemptOutcome } from '../domain/attempt.ts';
import type { JsonObject } from '../domain/json.ts';
import { type CoolingRule, longestCoolingMs, type Pool } from '../domain/pool.ts';
import type { EpochMs } from '../domain/units.ts';
import type { CatalogueStore } from '../ports/catalogue-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunningAttempt } from './running.ts';
import type { StorageWatch } from './storage-watch.ts';
import type { Timer, Timers } from './timers.ts';

export interface Cooling {
  /** To be called with every attempt that was settled. */
  ended(attempt: Pick<RunningAttempt, 'pool' | 'parts' | 'startedMs' | 'stopReason'>, outcome: AttemptOutcome): void;
  /** When a pool takes tasks again; `undefined`: it is not cooling. */
  until(pool: string): EpochMs | undefined;
  /** Its operator says that it takes tasks: what began there before counts no more. */
  restart(pool: string): void;
  /** It is gone. */
  forget(pool: string): void;
}

interface CoolingDeps {
  readonly store: Pick<CatalogueStore, 'notePool'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly storage: Pick<StorageWatch, 'persist'>;
  readonly poolNamed: (name: string) => Pool | undefined;
  /** It takes tasks again, or takes none now. */
  readonly changed: (pool: string) => void;
  readonly failed: (error: unknown) => void;
}

/** A pool on which something has failed. */
interface Failing {
  /** In a row, since it takes tasks. */
  failures: number;
  /** In a row, without a success since. */
  pauses: number;
  /** Attempts of before say nothing of how it is now; monotonic ms. */
  since: number;
  until: EpochMs | undefined;
  timer: Timer | undefined;
}

const failing: ReadonlySet<AttemptOutcome> = new Set(['failed', 'timed_out']);

/**
 * A circuit breaker for each pool that asks for one: when attempts fail there one after the other, it takes nothing for a while, and what waits
 * goes elsewhere or waits with it. After the pause one more failure is enough for the next, which is twice as long. What a lost node, a cancel
 * or a deadline ended says nothing, nor do tasks of several parts, of which nobody knows which pool made them fail. Memory only: after a start
 * all pools take tasks.
 * @see Nygard, Release It! (2007), the pattern; its growing pauses are those of outlier ejection in load balancers
 */
export function createCooling({ store, clock, timers, storage, poolNamed, changed, failed }: CoolingDeps): Cooling {
  const pools = new Map<string, Failing>();

  function ended({ pool, parts, startedMs, stopReason }: Parameters<Cooling['ended']>[0], outcome: AttemptOutcome): void {
    const { name } = pool;
    const { cooling: rule = null, state: poolState } = poolNamed(name) ?? {};
    if (rule === null || poolState !== 'active' || parts !== undefined || stopReason === 'deadline') return;
    const state = pools.get(name);
    if (state !== undefined && (state.until !== undefined || startedMs < state.since)) return;
    if (failing.has(outcome)) count(name, rule, state ?? begin(name, Number.NEGATIVE_INFINITY));
    else if (outcome === 'succeeded' && state !== undefined) Object.assign(state, { failures: 0, pauses: 0 });
  }

  function begin(name: string, since: number): Failing {
    const state: Failing = { failures: 0, pauses: 0, since, until: undefined, timer: undefined };
    pools.set(name, state);
    return state;
  }

  function count(name: string, rule: CoolingRule, state: Failing): void {
    state.failures++;
    if (state.failures >= (state.pauses === 0 ? rule.failures : 1)) cool(name, rule, state);
  }

  function cool(name: string, rule: CoolingRule, state: Failing): void {
    const now = clock.now();
    const forMs = Math.min(longestCoolingMs, rule.forMs * 2 ** Math.min(state.pauses, 30));
    const until = now + forMs;
    const details: JsonObject = { worker_pool: name, failures: state.failures, until: new Date(until).toISOString() };
    state.pauses++;
    state.until = until;
    state.timer = timers.add(forMs, 0, () => open(name, state));
    changed(name);
    storage.persist(() => store.notePool('pool_cooled', details, now)).catch(failed);
  }

  function open(name: string, state: Failing): void {
    state.failures = 0;
    state.until = undefined;
    state.since = clock.monotonicMs();
    changed(name);
  }

  function restart(name: string): void {
    forget(name);
    begin(name, clock.monotonicMs());
  }

  function forget(name: string): void {
    const { timer } = pools.get(name) ?? {};
    if (timer !== undefined) timers.remove(timer);
    pools.delete(name);
  }

  return { ended, until: (name) => pools.get(name)?.until, restart, forget };
}
