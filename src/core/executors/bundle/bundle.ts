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
  /** Where an attempt of this task runs now. */
  running(task: TaskId): RunningBundle | undefined;
}

/** Real work of others: an uploaded folder with a `run.sh`, behind the walls of the kernel. See docs/adr/0013-bundles.md. */
export function createBundleExecutor({ sandbox, unfit, settingsOf, ...deps }: BundleExecutorDeps): BundleExecutor {
  const attempts = new Map<TaskId, BundleAttempt>();
  let isClosed = false;

  return {
    name: 'bundle',
    types: undefined,
    unfit,
    async run(handle): Promise<Outcome> {
      if (isClosed || handle.signal.aborted) return stopped;
      if (sandbox === undefined) return { kind: 'failed', code: 'sandbox_unavailable', message: unfit ?? '', retryable: true };
      const { task } = handle;
      const attempt = runBundle({ ...deps, sandbox }, handle, settingsOf(task.type) ?? defaultBundleSettings);
      attempts.set(task.id, attempt);
      try {
        return await attempt.outcome;
      } finally {
        if (attempts.get(task.id) === attempt) attempts.delete(task.id);
      }
    },
    running: (task) => attempts.get(task)?.running,
    async close() {
      isClosed = true;
      for (const attempt of attempts.values()) attempt.stop();
      await Promise.all([...attempts.values()].map(({ outcome }) => outcome));
    },
  };
}
