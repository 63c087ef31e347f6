import { appendFileSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outcome } from '../../src/core/domain/attempt.ts';
import type { PoolSpec } from '../../src/core/domain/pool.ts';
import type { SandboxState } from '../../src/core/domain/sandbox.ts';
import type { TaskId } from '../../src/core/domain/units.ts';
import { createOutputFeed } from '../../src/core/executors/bundle/output-feed.ts';
import type { RunningBundle } from '../../src/core/ports/attempt-files.ts';
import type { AttemptHandle } from '../../src/core/ports/executor.ts';
import type { OutputStream } from '../../src/core/ports/task-files.ts';
import { type Files, openFiles } from '../../src/files/open-files.ts';
import { type SetupOptions, setup, type TestApp, turns } from './app.ts';
import { folderOfTest, listing } from './files.ts';
import { type FormPart, field, file, form } from './form.ts';

export const bundlePool: PoolSpec = {
  ...{ name: 'bundles', region: 'us-east', resourceType: 'cpu', costPerUnit: 1, capacity: 4, executor: 'bundle', types: ['*'] },
  ...{ speed: 1, state: 'active', typeLimits: {}, labels: {}, carbonGramsPerKwh: null, cooling: null, simulated: null },
};

const fit: SandboxState = { tier: 1, reason: null, cure: null };

interface Held {
  readonly handle: AttemptHandle;
  readonly live: RunningBundle;
  readonly end: (outcome: Outcome) => void;
}

export interface BundleApp extends TestApp {
  readonly files: Files;
  /** Sends a form; the answer as it came. */
  send(parts: readonly FormPart[], headers?: Record<string, string>): ReturnType<TestApp['call']>;
  /** A bundle that was accepted and runs. */
  start(task?: Readonly<Record<string, string>>): Promise<TaskId>;
  /** The job lays a file into its folder. @param part of a task of several */
  leaves(id: TaskId, path: string, text: string, part?: number): Promise<void>;
  prints(id: TaskId, stream: OutputStream, text: string, part?: number): void;
  /** The job ends, with all its parts: what it left is kept, and the end committed. */
  finish(id: TaskId, outcome?: Outcome): Promise<void>;
  running(id: TaskId): RunningBundle;
  /** Everything on the disk, by path. */
  onDisk(): Promise<string[]>;
}

/** The server with real files, and jobs that do what the test says. */
export async function setupBundles({
  sandbox = fit,
  isOff = false,
  ...options
}: SetupOptions & { readonly sandbox?: SandboxState; readonly isOff?: boolean } = {}): Promise<BundleApp> {
  const dataDir = folderOfTest(options.closed);
  const feed = createOutputFeed();
  const files = await openFiles(dataDir, undefined, feed.tell);
  const held = new Map<string, Held>();
  const keyOf = (id: TaskId, part = 0) => `${id} ${part}`;
  const partsOf = (id: TaskId) => [...held.values()].filter(({ handle }) => handle.task.id === id);
  const stopping: Promise<void>[] = [];
  const runs: Promise<Outcome>[] = [];
  let isClosed = false;
  const of = (id: TaskId, part?: number) => {
    const found = held.get(keyOf(id, part));
    if (found === undefined) throw new Error(`${id} does not run`);
    return found;
  };

  const executor = {
    name: 'bundle' as const,
    types: undefined,
    unfit: sandbox.reason ?? undefined,
    run(handle: AttemptHandle): Promise<Outcome> {
      const running = begin(handle);
      runs.push(running);
      return running;
    },
    async close() {
      isClosed = true;
      await Promise.all(stopping);
      for (const { end } of held.values()) end({ kind: 'stopped' });
      await Promise.all(runs);
      await Promise.all(stopping);
    },
  };

  async function begin(handle: AttemptHandle): Promise<Outcome> {
    const run = await mkdtemp(join(dataDir, 'run-'));
    const part = handle.part?.index;
    const live = { attempt: handle.attempt, part, folder: join(run, 'work'), stdout: join(run, 'stdout'), stderr: join(run, 'stderr') };
    await mkdir(live.folder);
    for (const stream of ['stdout', 'stderr'] as const) await writeFile(live[stream], '');
    await files.attempts.bring(handle.task, live.folder, undefined);
    if (isClosed) return { kind: 'stopped' };
    return new Promise((end) => {
      held.set(keyOf(handle.task.id, part), { handle, live: { ...live, stdoutBytes: 0, stderrBytes: 0 }, end });
      handle.onStop(() => stopping.push(keepAndEnd(of(handle.task.id, part), { kind: 'stopped' })));
    });
  }

  async function keepAndEnd({ handle, live, end }: Held, outcome: Outcome): Promise<void> {
    await files.attempts.keep(handle.task, handle.attempt, { ...live, maxBytes: 1e9 });
    held.delete(keyOf(handle.task.id, live.part));
    end(outcome);
  }

  async function finish(id: TaskId, outcome: Outcome = { kind: 'succeeded', result: { exit_status: 0 } }): Promise<void> {
    of(id); // or it does not run
    await Promise.all(partsOf(id).map((part) => keepAndEnd(part, outcome)));
    while ((await app.engine.task(id, { name: 'test', tenant: undefined }))?.status === 'processing') await turns(1);
  }

  const app = await setup({
    ...options,
    pools: [bundlePool, ...(options.pools ?? [])],
    bundles: {
      executor,
      api: {
        inputs: files.inputs,
        files: files.reader((id) => partsOf(id).map(({ live }) => live)),
        output: feed,
        sandbox,
        nodes: files.remote,
        isOff,
      },
    },
  });
  const send: BundleApp['send'] = (parts, headers = {}) => {
    const { payload, headers: own } = form(...parts);
    return app.call('POST', '/api/v1/jobs', { payload, headers: { ...own, ...headers } });
  };

  return {
    ...app,
    ...{ files, send, finish },
    async start(task = {}) {
      const fields = Object.entries({ type: 'bundle', ...task }).map(([name, value]) => field(name, value));
      const answer = await send([...fields, file('run.sh', 'echo\n')]);
      if (answer.statusCode !== 201) throw new Error(answer.body);
      const { id } = answer.json();
      while (partsOf(id).length < Number(task['parts'] ?? 1)) await turns(1);
      return id;
    },
    async leaves(id, path, text, part) {
      const at = join(of(id, part).live.folder, path);
      await mkdir(join(at, '..'), { recursive: true });
      await writeFile(at, text);
    },
    prints(id, stream, text, part = 0) {
      const { live, handle } = of(id, part);
      const bytes = stream === 'stdout' ? 'stdoutBytes' : 'stderrBytes';
      const offset = live[bytes];
      appendFileSync(live[stream], text);
      Object.assign(live, { [bytes]: offset + Buffer.byteLength(text) });
      feed.tell({ task: id, attempt: handle.attempt, part, stream, offset, text });
    },
    running: (id) => of(id).live,
    onDisk: () => listing(join(dataDir, 'files')),
  };
}
