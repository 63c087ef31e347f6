import type { TaskRouterError } from '../domain/errors.ts';
import type { Pool } from '../domain/pool.ts';
import type { TaskSpec } from '../domain/task.ts';
import type { TaskInput } from '../domain/task-input.ts';
import type { EpochMs } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { Preview as CorePreview, SchedulingCore } from '../scheduling/core.ts';
import { type Admission, asEntry } from './admission.ts';
import type { Caller } from './engine.ts';
import { delayedUntil } from './explain.ts';
import { createTurns } from './in-turn.ts';
import type { Policy } from './policy.ts';
import type { SubmitGates } from './submit-gates.ts';
import type { PlacePreview, PreviewOptions, TaskPreview } from './task-preview.ts';

interface PreviewDeps {
  readonly clock: Clock;
  readonly core: SchedulingCore;
  readonly admission: Admission;
  readonly gates: SubmitGates;
  readonly policy: Policy;
  readonly poolOf: (id: number) => Pool;
}

/** Answers where a task would go, without one: nothing is stored, and no decision is another for it. */
export function createPreview({ clock, core, admission, gates, policy, poolOf }: PreviewDeps) {
  // Other strategies sort all pools, so one request at a time, and other work goes in between.
  const inTurn = createTurns();

  return async (input: TaskInput, caller: Caller, { strategies = [] }: PreviewOptions = {}): Promise<TaskPreview> => {
    const spec = admission.draftOf(input, caller);
    const tried = namesOf(strategies).map((name) => policy.make({ algorithm: name }));
    await nextTurn(); // what has just happened is decided first
    const at = clock.now();
    const entry = asEntry(spec, Math.max(at, spec.runAt ?? 0));
    const now = { ...entry, readyAt: at };
    const answer = placed(core.preview(now, at), spec, at);
    const others = await inTurn(async () => {
      const previews = [];
      for (const strategy of tried) {
        previews.push({ name: strategy.name, preview: placed(core.preview(now, clock.now(), strategy), spec, at) });
        await nextTurn();
      }
      return previews;
    });
    return { ...answer, at, spec, strategy: policy.current(), refusal: refusalOf(input, spec), others };
  };

  function namesOf(strategies: readonly string[] | 'all'): readonly string[] {
    return strategies === 'all' ? policy.list().algorithms.map(({ name }) => name) : strategies;
  }

  function placed({ poolId, ...preview }: CorePreview, { runAt }: TaskSpec, at: EpochMs): PlacePreview {
    const pool = poolId === undefined ? undefined : poolOf(poolId);
    if (runAt === null || runAt <= at) return { ...preview, pool };
    const { forecast } = preview;
    const [least, most] = forecast?.startMs ?? [0, 0];
    const delayMs = runAt - at;
    return {
      ...{ ...preview, pool, holds: [...preview.holds, delayedUntil(runAt)] },
      forecast: forecast && { ...forecast, startMs: [Math.max(least, delayMs), Math.max(most, delayMs)] },
    };
  }

  function refusalOf({ acceptUnroutable }: TaskInput, spec: TaskSpec): TaskRouterError | undefined {
    return (acceptUnroutable === true ? undefined : admission.unroutable(spec)) ?? gates.refusal(spec);
  }

  function nextTurn(): Promise<void> {
    return new Promise((resolve) => clock.soon(resolve));
  }
}
