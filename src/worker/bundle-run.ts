import { join } from 'node:path';
import type { BundleSettings, Remains } from '../core/domain/bundle.ts';
import type { EndedParent } from '../core/domain/dependency.ts';
import type { Task } from '../core/domain/task.ts';
import type { Ms } from '../core/domain/units.ts';
import { createBundleExecutor } from '../core/executors/bundle/bundle.ts';
import type { Sandbox } from '../core/executors/bundle/sandbox.ts';
import type { LeftBehind, Owner, ParentFiles } from '../core/ports/attempt-files.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { AttemptHandle, Executor } from '../core/ports/executor.ts';
import { fetchBundle, fetchParent } from './fetch-bundle.ts';
import type { LeaseFiles } from './lease-files.ts';
import { formOfRemains } from './left-form.ts';
import { NodeApiError, type WireBundle, type WireLease } from './node-api.ts';
import { createOutputPump, type OutputPump } from './output-pump.ts';
import { type PartialFiles, sendPartialFiles } from './partial-files.ts';

const firstPauseMs: Ms = 200;
const longestPauseMs: Ms = 5_000;

interface BundleRunDeps {
  readonly clock: Clock;
  readonly sandbox: Sandbox;
  readonly api: LeaseFiles;
  readonly leaseOf: (attempt: AttemptHandle) => WireLease | undefined;
}

/** One bundle of this node. */
interface Run {
  readonly lease: string;
  readonly handle: AttemptHandle;
  readonly pump: OutputPump;
  partial: PartialFiles | undefined;
}

/**
 * Runs bundles of a server on this machine, in the same sandbox as the server would: fetches their files, sends what they print and what they
 * have so far while they run, and all they left before their result is reported.
 * @param types that this node runs as bundles
 */
export function createBundleRun({ clock, sandbox, api, leaseOf }: BundleRunDeps, types: readonly string[]): Executor {
  const runs = new Map<string, Run>();
  /** Every lease has a task of its own. */
  const runsByTask = new WeakMap<Task, Run>();
  const settings = new Map<string, BundleSettings>();
  const runOf = (task: Task) => {
    const run = runsByTask.get(task);
    if (run === undefined) throw new Error('the attempt is over');
    return run;
  };
  const executor = createBundleExecutor({
    ...{ clock, sandbox, unfit: undefined, settingsOf: (type) => settings.get(type) },
    files: { bring, bringParents, keep: (task, _attempt, left) => keep(runOf(task), left) },
    onOutput({ task, attempt, part }) {
      const paths = executor.running(task).find((bundle) => bundle.attempt === attempt && (bundle.part ?? 0) === part);
      if (paths !== undefined) runs.get(keyOf(task, attempt, part))?.pump.wake(paths);
    },
  });

  async function bring(task: Task, folder: string, owner: Owner | undefined): Promise<boolean> {
    const run = runOf(task);
    try {
      await fetchBundle(api, run.lease, folder, owner);
    } catch (error) {
      if (error instanceof NodeApiError && error.code === 'files_gone') return false;
      throw error;
    }
    run.partial = await sendPartialFiles(api, clock, run.lease, folder);
    return true;
  }

  async function bringParents(task: Task, parents: readonly EndedParent[], folder: string): Promise<readonly ParentFiles[]> {
    const { lease } = runOf(task);
    const brought: ParentFiles[] = [];
    for (const [i, { id, status }] of parents.entries()) {
      const path = join(folder, String(i));
      if (status === 'completed' && (await fetchParent(api, lease, id, path))) brought.push({ parent: id, path });
    }
    return brought;
  }

  /** Until the server has it, or says that nobody waits for it. */
  async function keep({ lease, handle, pump, partial }: Run, left: LeftBehind): Promise<Remains> {
    await partial?.stop();
    const form = formOfRemains(left);
    for (let [tries, pauseMs] = [0, firstPauseMs]; isWanted(handle); tries++, pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      try {
        await pump.finish(left);
        await api.leave(lease, form, false);
        break;
      } catch (error) {
        if (!mayPass(error, tries)) throw error;
        await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
      }
    }
    return form.remains();
  }

  return {
    ...executor,
    types,
    async run(handle) {
      const lease = leaseOf(handle);
      const { task, attempt, part } = handle;
      if (lease?.bundle == null)
        return {
          kind: 'failed',
          code: 'no_bundle',
          message: `Tasks of type ${task.type} bring no files that this node could run.`,
          retryable: true,
        };
      const key = keyOf(task.id, attempt, part?.index);
      const run: Run = { lease: lease.lease, handle, pump: createOutputPump(api, clock, lease.lease), partial: undefined };
      settings.set(task.type, settingsOf(lease.bundle));
      runs.set(key, run);
      runsByTask.set(task, run);
      try {
        return await executor.run(handle);
      } finally {
        await run.partial?.stop();
        runs.delete(key);
      }
    },
  };
}

function keyOf(task: string, attempt: number, part = 0): string {
  return `${task}.${attempt}.${part}`;
}

/** What is handed back runs again elsewhere, and what is lost does so already. */
function isWanted({ signal }: AttemptHandle): boolean {
  return !(signal.aborted && (signal.reason === 'lease_lost' || signal.reason === 'drain'));
}

/** The server is away or starting, knows this node again in a moment, or lacks output that it had before it was restarted. */
function mayPass(error: unknown, tries: number): boolean {
  if (!(error instanceof NodeApiError)) return false;
  const { status, code } = error;
  return status === 0 || status === 429 || status >= 500 || code === 'unknown_node' || (status === 422 && tries === 0);
}

function settingsOf({ network, memory_mb, processes, disk_mb, keep_hours }: WireBundle): BundleSettings {
  return { network, memoryMb: memory_mb, processes, diskMb: disk_mb, keepHours: keep_hours };
}
