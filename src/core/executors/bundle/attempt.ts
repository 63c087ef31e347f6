import type { Outcome } from '../../domain/attempt.ts';
import { type BundleSettings, bundleLimits, entryScript } from '../../domain/bundle.ts';
import { inputOf } from '../../domain/dependency.ts';
import type { AttemptFiles, RunningBundle } from '../../ports/attempt-files.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AttemptHandle } from '../../ports/executor.ts';
import type { OutputPiece, OutputStream } from '../../ports/task-files.ts';
import type { ReadOnly } from './command.ts';
import { createEnding } from './ending.ts';
import { endOf, failureOf, isSandboxFault, lostOf, noFiles, notStarted, stopped } from './outcomes.ts';
import { captureOutput, lastLine } from './output-file.ts';
import { parentsAt, showParents } from './parents.ts';
import type { RunFolder, Sandbox, Slot } from './sandbox.ts';
import { watchUsage } from './usage.ts';

export interface BundleDeps {
  readonly clock: Clock;
  readonly sandbox: Sandbox;
  readonly files: AttemptFiles;
  readonly onOutput: (piece: OutputPiece) => void;
}

const mib = 1_048_576;

/** One attempt under way. */
export interface BundleAttempt {
  /** Settles once, never rejects. */
  readonly outcome: Promise<Outcome>;
  /** Where it runs; `undefined` before it has begun. */
  readonly running: RunningBundle | undefined;
  stop(): void;
}

/** Runs `run.sh` of a task in the sandbox: brings the files, watches what it uses, keeps what it leaves. */
export function runBundle(deps: BundleDeps, handle: AttemptHandle, settings: BundleSettings): BundleAttempt {
  const { clock, sandbox, files, onOutput } = deps;
  const { task, attempt } = handle;
  const part = handle.part?.index;
  const ending = createEnding(clock);
  let running: RunningBundle | undefined;

  async function run(): Promise<Outcome> {
    const leave = handle.onStop(ending.stop);
    let slot: Slot | undefined;
    let folder: RunFolder | undefined;
    try {
      slot = sandbox.takeSlot();
      folder = await sandbox.makeFolder(folderName(handle), slot);
      if (!(await files.bring(task, folder.work, slot.owner))) return noFiles;
      const shown = await showParents(files, handle, folder, slot.owner);
      if (handle.part?.ready !== undefined) await ending.waitFor(handle.part.ready());
      return ending.reason === undefined ? await runIn(folder, slot, shown) : stopped;
    } finally {
      leave();
      running = undefined;
      if (folder !== undefined) await sandbox.removeFolder(folder);
      if (slot !== undefined) sandbox.freeSlot(slot);
    }
  }

  async function runIn(folder: RunFolder, slot: Slot, readOnly: readonly ReadOnly[]): Promise<Outcome> {
    handle.begun?.();
    const child = sandbox.start({ ...jobOf(handle, settings), readOnly, slot, folder });
    ending.begin(child);
    const capture = (stream: OutputStream) =>
      captureOutput(child[stream], clock, {
        path: `${folder.path}/${stream}`,
        maxBytes: bundleLimits.outputBytes,
        onText: (offset, text) => onOutput({ task: task.id, attempt, part: part ?? 0, stream, offset, text }),
      });
    const [stdout, stderr] = [capture('stdout'), capture('stderr')];
    running = {
      ...{ attempt, part, folder: folder.work, stdout: stdout.path, stderr: stderr.path },
      get stdoutBytes() {
        return stdout.bytes;
      },
      get stderrBytes() {
        return stderr.bytes;
      },
    };
    const maxBytes = settings.diskMb * mib;
    const { files: maxFiles, names, depth } = bundleLimits;
    const limits = { memoryBytes: settings.memoryMb * mib, bytes: maxBytes, files: maxFiles, names, depth };
    const watch = watchUsage(clock, child, folder.work, limits, ending.exceed);
    const exit = await child.ended;
    watch.stop();
    ending.over();
    stdout.close();
    stderr.close();
    const remains = await files.keep(task, attempt, { ...running, maxBytes });
    if (ending.reason !== undefined) return endOf(ending.reason, settings);
    if (exit === undefined) return notStarted(lastLine(stderr.path));
    const said = lastLine(stderr.path);
    if (stdout.bytes === 0 && isSandboxFault(exit.status, said)) return notStarted(said);
    if (exit.status !== 0) return failureOf(exit.status, said);
    const bytes = remains.files.reduce((sum, file) => sum + file.bytes, 0);
    return { kind: 'succeeded', result: { exit_status: 0, files: remains.files.length, bytes, skipped: remains.skipped.length } };
  }

  const outcome = run().catch(lostOf);
  return {
    outcome,
    get running() {
      return running;
    },
    stop: ending.stop,
  };
}

function folderName({ task, attempt, part }: AttemptHandle): string {
  return part === undefined ? `${task.id}-${attempt}` : `${task.id}-${attempt}-${part.index}`;
}

function jobOf({ task, attempt, part, parents }: AttemptHandle, { memoryMb, processes, diskMb, network }: BundleSettings) {
  const input = inputOf(task.payload, parents);
  return {
    network,
    argv: ['/bin/bash', entryScript],
    limits: {
      ...{ memoryBytes: memoryMb * mib, fileBytes: diskMb * mib, processes },
      cpuS: Math.ceil(task.timeoutMs / 1_000) + 1, // of each process; the time limit of the attempt is the real one
    },
    env: {
      ...{ PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/task', LANG: 'C.UTF-8' },
      ...{ TASK_ID: task.id, ATTEMPT: String(attempt), TASK_TYPE: task.type },
      ...{ PART: String(part?.index ?? 0), PARTS: String(part?.count ?? 1) },
      ...(parents.length === 0 ? {} : { TRX_PARENTS: parentsAt }),
    },
    input: input === null ? undefined : JSON.stringify(input),
  };
}
