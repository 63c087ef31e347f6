import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { type BundleSettings, defaultBundleSettings } from '../../src/core/domain/bundle.ts';
import type { EndedParent } from '../../src/core/domain/dependency.ts';
import type { Task } from '../../src/core/domain/task.ts';
import { type BundleExecutor, createBundleExecutor } from '../../src/core/executors/bundle/bundle.ts';
import { createOutputFeed } from '../../src/core/executors/bundle/output-feed.ts';
import { findSandbox, type SandboxFound } from '../../src/core/executors/bundle/self-test.ts';
import { createSystemClock } from '../../src/core/system/system-clock.ts';
import { type Files, openFiles } from '../../src/files/open-files.ts';
import { anAttempt, type TestAttempt } from './attempts.ts';
import { bytes, contents, textOf } from './files.ts';

/** A sandbox of this test file, or why there is none; to be asked once, before its suites are declared. */
export async function sandboxOfTest(): Promise<SandboxFound & { readonly runDir: string; readonly dataDir: string }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'trx-data-'));
  const runDir = mkdtempSync(join(tmpdir(), 'trx-run-'));
  afterAll(() => {
    for (const folder of [dataDir, runDir]) rmSync(folder, { recursive: true, force: true });
  });
  return { ...(await findSandbox(runDir, dataDir)), runDir, dataDir };
}

/** For the name of a suite that cannot run here. */
export function skipReason({ state }: SandboxFound): string {
  return state.reason === null ? '' : ` (skipped: ${state.reason})`;
}

export interface Bench {
  readonly executor: BundleExecutor;
  readonly files: Files;
  readonly feed: ReturnType<typeof createOutputFeed>;
  /** An attempt of a task whose bundle is this. */
  attempt(n: number, bundle: string | Readonly<Record<string, string>>, task?: Partial<Task>): Promise<TestAttempt>;
  /** Runs a script to its end: how it ended, and what it left and printed. */
  run(script: string, task?: Partial<Task>, parents?: readonly EndedParent[]): Promise<Ran>;
}

export interface Ran {
  readonly outcome: Awaited<ReturnType<BundleExecutor['run']>>;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: number;
  readonly left: Readonly<Record<string, string>>;
  readonly skipped: readonly string[];
}

const typical: BundleSettings = { ...defaultBundleSettings, memoryMb: 128, diskMb: 8, processes: 32 };

/** The executor over the real sandbox and real files. */
export async function createBench(
  found: SandboxFound & { readonly dataDir: string },
  settings: Partial<BundleSettings> = {},
): Promise<Bench> {
  const files = await openFiles(mkdtempSync(join(found.dataDir, 'bench-')));
  const feed = createOutputFeed();
  const executor = createBundleExecutor({
    ...{ clock: createSystemClock(), sandbox: found.sandbox, unfit: undefined, files: files.attempts, onOutput: feed.tell },
    settingsOf: () => ({ ...typical, ...settings }),
  });
  const reader = files.reader(executor.running);
  let count = 1_000;

  async function attempt(n: number, bundle: string | Readonly<Record<string, string>>, task: Partial<Task> = {}): Promise<TestAttempt> {
    const id = `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
    const upload = await files.inputs.receive({ digest: false });
    for (const [path, text] of Object.entries(typeof bundle === 'string' ? { 'run.sh': bundle } : bundle))
      await upload.addFile(path, bytes(text));
    await upload.keep(id);
    return anAttempt({ task: { id, seq: n, type: 'bundle', ...task }, pool: { executor: 'bundle', capacity: 32 } });
  }

  return {
    ...{ executor, files, feed, attempt },
    async run(script, task, parents = []) {
      const handle = await attempt(++count, script, task);
      const outcome = await executor.run({ ...handle, parents });
      const found = await reader.of({ ...handle.task, status: 'completed' });
      const { [`run.sh`]: _, ...left } = await contents(join(files.places.resultOf(handle.task.id, 1), 'files'));
      return {
        ...{ outcome, left },
        stdout: (await textOf((await found?.output('stdout'))?.read())) ?? '',
        stderr: (await textOf((await found?.output('stderr'))?.read())) ?? '',
        stdoutBytes: found?.remains.stdoutBytes ?? 0,
        skipped: (found?.remains.skipped ?? []).map(({ path }) => path),
      };
    },
  };
}

/** Lays a file somewhere, with the folders above it. */
export async function lay(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
