import type { Outcome } from '../../domain/attempt.ts';
import { type BundleSettings, defaultBundleSettings } from '../../domain/bundle.ts';
import type { TaskId } from '../../domain/units.ts';
import type { RunningBundle } from '../../ports/attempt-files.ts';
import type { Executor } from '../../ports/executor.ts';
import { type BundleAttempt, type BundleDeps, runBundle } from './attempt.ts';
import { stopped } from './outcomes.ts';

export interface BundleExecutorDeps extends Omit<BundleDeps, 'sandbox'> {
  /** `undefined`: there is none on this machine, and nothing is run. */
  readonly sandbox: BundleDeps['sandbox'] | undefined;
  /** Why there is no sandbox, and what to do about it. */
  readonly unfit: string | undefined;
  /** What a bundle of this type may use; `undefined`: the type is gone. */
  readonly settingsOf: (type: string) => BundleSettings | undefined;
}

export interface BundleExecutor extends Executor {
  /** Where the attempt of this task runs now; of several parts where those do that have begun and are not over. */
  running(task: TaskId): readonly RunningBundle[];
}

/** Real work of others: an uploaded folder with a `run.sh`, behind the walls of the kernel. See docs/adr/0013-bundles.md. */
export function createBundleExecutor({ sandbox, unfit, settingsOf, ...deps }: BundleExecutorDeps): BundleExecutor {
  /** Several of one task are its parts. */
  const attempts = new Map<TaskId, Set<BundleAttempt>>();
  let isClosed = false;

  return {
    name: 'bundle',
    types: undefined,
    tellsReady: true,
    unfit,
    async run(handle): Promise<Outcome> {
      if (isClosed || handle.signal.aborted) return stopped;
      if (sandbox === undefined) return { kind: 'failed', code: 'sandbox_unavailable', message: unfit ?? '', retryable: true };
      const { task } = handle;
      const attempt = runBundle({ ...deps, sandbox }, handle, settingsOf(task.type) ?? defaultBundleSettings);
      const ofTask = (attempts.get(task.id) ?? new Set()).add(attempt);
      attempts.set(task.id, ofTask);
      try {
        return await attempt.outcome;
      } finally {
        ofTask.delete(attempt);
        if (ofTask.size === 0 && attempts.get(task.id) === ofTask) attempts.delete(task.id);
      }
    },
    running: (task) => [...(attempts.get(task) ?? [])].flatMap(({ running }) => running ?? []),
    async close() {
      isClosed = true;
      const all = [...attempts.values()].flatMap((those) => [...those]);
      for (const attempt of all) attempt.stop();
      await Promise.all(all.map(({ outcome }) => outcome));
    },
  };
}
