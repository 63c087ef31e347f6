import type { JsonObject } from '../domain/json.ts';
import type { EpochMs, Ms } from '../domain/units.ts';
import type { CatalogueStore } from '../ports/catalogue-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { LogStore } from '../ports/log-store.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { SchedulingCore, WaitTotals } from '../scheduling/core.ts';
import type { StorageWatch } from './storage-watch.ts';
import type { Timer, Timers } from './timers.ts';

/** Between two passes over what waits, however much goes on. */
export const surveyEveryMs: Ms = 10_000;
/** Tasks looked at before others get their turn. */
const tasksPerSlice = 20_000;
/** With no more than this many waiting, every reading is of now. */
const tasksReadAtOnce = 4_096;
/** Groups a log row names. */
const mostGroups = 10;

export interface WaitWatch {
  /** Start-up: what was told of before is not told again. */
  load(): Promise<void>;
  /** To be called after decisions: something may wait by now. */
  look(now: EpochMs): void;
  /** Of now, or of the last pass where very much waits. */
  totals(): Pick<WaitTotals, 'past' | 'oldest'>;
}

interface WaitWatchDeps {
  readonly store: CatalogueStore & LogStore & TaskStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly core: SchedulingCore;
  readonly storage: StorageWatch;
  readonly strategy: () => { readonly name: string; readonly epoch: number };
  readonly failed: (error: unknown) => void;
}

const nothing: Pick<WaitTotals, 'past' | 'oldest'> = { past: 0, oldest: undefined };

/**
 * Tells when tasks have waited longer than their strategy promises: one log row for all that passed their bound since the last pass, however
 * many. A pass is made when the first of them comes to its bound, and a while after something happened to what waits; where nothing happens
 * and nothing comes to its bound, there is none.
 */
export function createWaitWatch({ store, clock, timers, core, storage, strategy, failed }: WaitWatchDeps): WaitWatch {
  let armed: { readonly timer: Timer; readonly at: EpochMs } | undefined;
  let latest = nothing;
  let toldUntil: EpochMs = Number.NEGATIVE_INFINITY;

  async function load(): Promise<void> {
    const { entries } = await store.log({ types: ['wait_bound_passed'], limit: 1 });
    toldUntil = entries[0]?.at ?? toldUntil;
  }

  function look(now: EpochMs): void {
    if (core.waiting > 0) arm(now + surveyEveryMs, now);
  }

  function arm(at: EpochMs, now: EpochMs): void {
    if (armed !== undefined && armed.at <= at) return;
    if (armed !== undefined) timers.remove(armed.timer);
    armed = { timer: timers.add(at - now, 0, () => void survey().catch(failed)), at };
  }

  async function survey(): Promise<void> {
    armed = undefined;
    if (core.waiting === 0) return;
    const now = clock.now();
    const pass = core.surveyWaits(now, toldUntil);
    while (!pass.step(tasksPerSlice)) await new Promise<void>((resolve) => clock.soon(resolve));
    const totals = pass.totals();
    latest = totals;
    const next = Math.max(totals.nextPastAt, now + surveyEveryMs);
    if (next !== Number.POSITIVE_INFINITY) arm(next, clock.now());
    if (totals.newlyPast.length === 0) return;
    toldUntil = now;
    const details = await detailsOf(totals);
    await storage.persist(() => store.noteWaits(details, now));
  }

  async function detailsOf({ past, newlyPast, oldest }: WaitTotals): Promise<JsonObject> {
    const { name, epoch } = strategy();
    const named = newlyPast.slice(0, mostGroups);
    return {
      tasks: newlyPast.reduce((sum, { tasks }) => sum + tasks, 0),
      past,
      algorithm: name,
      epoch,
      ...(oldest === undefined ? {} : { oldest_ready_at: new Date(oldest.readyAt).toISOString() }),
      groups: await Promise.all(
        named.map(async ({ type, reason, tasks, oldest: seq }) => ({
          type,
          reason,
          tasks,
          oldest: (await store.taskBySeq(seq))?.id ?? null,
        })),
      ),
      ...(newlyPast.length > named.length ? { groups_left_out: newlyPast.length - named.length } : {}),
    };
  }

  return {
    load,
    look,
    totals() {
      if (core.waiting === 0) return nothing;
      if (core.waiting > tasksReadAtOnce) return latest;
      const pass = core.surveyWaits(clock.now(), Number.POSITIVE_INFINITY);
      pass.step(Number.POSITIVE_INFINITY);
      return pass.totals();
    },
  };
}
