import type { TaskRouterError } from '../domain/errors.ts';
import type { Pool } from '../domain/pool.ts';
import type { TaskSpec } from '../domain/task.ts';
import type { TaskInput } from '../domain/task-input.ts';
import { isTerminal } from '../domain/task-status.ts';
import type { EpochMs } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { Preview as CorePreview, SchedulingCore } from '../scheduling/core.ts';
import type { Hold } from '../scheduling/reasons.ts';
import { type Admission, asEntry } from './admission.ts';
import type { Caller } from './engine.ts';
import { delayedUntil, waitingForParents } from './explain.ts';
import { createTurns } from './in-turn.ts';
import type { Parents } from './parents.ts';
import type { Policy } from './policy.ts';
import type { SubmitGates } from './submit-gates.ts';
import type { PlacePreview, PreviewOptions, TaskPreview } from './task-preview.ts';

interface PreviewDeps {
  readonly clock: Clock;
  readonly core: SchedulingCore;
  readonly admission: Admission;
  readonly parents: Parents;
  readonly gates: SubmitGates;
  readonly policy: Policy;
  readonly poolOf: (id: number) => Pool;
}

/** Answers where a task would go, without one: nothing is stored, and no decision is another for it. */
export function createPreview({ clock, core, admission, parents, gates, policy, poolOf }: PreviewDeps) {
  // Other strategies sort all pools, so one request at a time, and other work goes in between.
  const inTurn = createTurns();

  return async (input: TaskInput, caller: Caller, { strategies = [] }: PreviewOptions = {}): Promise<TaskPreview> => {
    const spec = admission.draftOf(input, caller);
    const open = await openParents(input, spec.tenant);
    const tried = namesOf(strategies).map((name) => policy.make({ algorithm: name }));
    await nextTurn(); // what has just happened is decided first
    const at = clock.now();
    const entry = asEntry(spec, Math.max(at, spec.runAt ?? 0));
    const now = { ...entry, readyAt: at };
    const answer = placed(core.preview(now, at), spec, at, open);
    const others = await inTurn(async () => {
      const previews = [];
      for (const strategy of tried) {
        previews.push({ name: strategy.name, preview: placed(core.preview(now, clock.now(), strategy), spec, at, open) });
        await nextTurn();
      }
      return previews;
    });
    return { ...answer, at, spec, strategy: policy.current(), refusal: refusalOf(input, spec), others };
  };

  function namesOf(strategies: readonly string[] | 'all'): readonly string[] {
    return strategies === 'all' ? policy.list().algorithms.map(({ name }) => name) : strategies;
  }

  /** Why it would wait for others; nobody can say how long. */
  async function openParents({ dependsOn = [] }: TaskInput, tenant: string): Promise<Hold | undefined> {
    const links = await parents.linksOf(dependsOn, tenant);
    const open = links.flatMap((link) =>
      'task' in link && !isTerminal(link.task.status) ? [{ ...link.task, name: link.name ?? link.task.id }] : [],
    );
    return open.length === 0 ? undefined : waitingForParents(open, links.length);
  }

  function placed({ poolId, parts: ids, ...rest }: CorePreview, { runAt }: TaskSpec, at: EpochMs, open: Hold | undefined): PlacePreview {
    const found = { ...rest, parts: ids.map(poolOf) };
    const pool = poolId === undefined ? undefined : poolOf(poolId);
    const preview = open === undefined ? found : { ...found, holds: [...found.holds, open], forecast: undefined };
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
