import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '../core/executors/bundle/sandbox.ts';
import { findSandbox } from '../core/executors/bundle/self-test.ts';
import { createFunctionExecutor } from '../core/executors/function.ts';
import { type HandlerSet, loadHandlers } from '../core/executors/handlers-loader.ts';
import type { Executor } from '../core/ports/executor.ts';
import type { Logger } from '../core/ports/logger.ts';
import { createSystemClock } from '../core/system/system-clock.ts';
import { createSystemRandom } from '../core/system/system-random.ts';
import { createBundleRun } from './bundle-run.ts';
import { createLeaseFiles } from './lease-files.ts';
import { createNodeApi } from './node-api.ts';
import { createSend } from './send.ts';
import { createWorker, type WorkerNode } from './worker.ts';

export interface RunWorkerOptions {
  readonly server: string;
  readonly pool: string;
  /** Left out: every handler there is, or none where there are bundles to run. */
  readonly types: readonly string[] | undefined;
  /** Types whose bundles it runs, in a sandbox. */
  readonly bundles?: readonly string[];
  /** Where bundles are run; left out: below /var/tmp. */
  readonly runDir?: string | undefined;
  readonly slots: number;
  readonly id: string | undefined;
  readonly handlersDir: string;
  readonly version: string;
  /** For a server that wants one; asked again when the server will not have what it said before. */
  readonly key?: (() => string | undefined) | undefined;
}

/** What this machine can run, as a node of a server. @param send for files, with the key @throws Error for a type that has no handler here, and without a sandbox for bundles */
export async function openWorker(
  options: RunWorkerOptions,
  logger: Logger,
  send: typeof fetch,
): Promise<{ worker: WorkerNode; id: string; types: readonly string[]; close(): Promise<void> }> {
  const clock = createSystemClock();
  const random = createSystemRandom();
  const handlers: HandlerSet = await loadHandlers(options.handlersDir, { clock });
  for (const warning of handlers.warnings) logger.warn({}, warning);
  const known = [...handlers.types.keys()];
  const { bundles = [] } = options;
  const types = options.types ?? (bundles.length === 0 ? known : []);
  const strange = types.find((type) => !handlers.types.has(type));
  if (strange !== undefined) throw new Error(`There is no handler for ${strange} here. Handlers: ${known.join(', ')}.`);
  const id =
    options.id ??
    `${hostname()
      .replaceAll(/[^A-Za-z0-9._-]/g, '-')
      .slice(0, 50)}-${Math.floor(random.next() * 36 ** 6).toString(36)}`;
  const executor = createFunctionExecutor(
    { clock, handlers, onReport: (attempt, report) => worker.note(attempt, report) },
    { maxThreads: Math.min(256, options.slots) },
  );
  const files = createLeaseFiles(options.server, id, () => worker.session(), send);
  const shell = bundles.length === 0 ? undefined : await openSandbox(options.runDir ?? standardRunDir(id));
  const executors: Executor[] = [executor];
  if (shell !== undefined)
    executors.push(createBundleRun({ clock, sandbox: shell.sandbox, api: files, leaseOf: (attempt) => worker.leaseOf(attempt) }, bundles));
  const all = [...types, ...bundles.filter((type) => !types.includes(type))];
  const worker: WorkerNode = createWorker(
    {
      api: createNodeApi(
        options.server,
        id,
        createSend(
          () => headersOf(options),
          (err) => logger.warn({ err }, 'the key cannot be read again; the worker goes on with the one it has'),
        ),
      ),
      clock,
      random: () => random.next(),
      logger,
      executors,
    },
    { pool: options.pool, types: all, slots: options.slots, parts: true, agent: `trx/${options.version}` },
  );
  return {
    ...{ worker, id, types: all },
    async close() {
      await Promise.all(executors.map((each) => each.close()));
      if (shell !== undefined) await rm(shell.runDir, { recursive: true, force: true });
    },
  };
}

function headersOf({ key }: RunWorkerOptions): Readonly<Record<string, string>> {
  const text = key?.();
  return text === undefined ? {} : { authorization: `Bearer ${text}` };
}

/** A name of its own for each worker of this machine, and for each user. */
function standardRunDir(id: string): string {
  return join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), `taskrouterx-worker-${process.getuid?.() ?? 0}-${id}`);
}

async function openSandbox(runDir: string): Promise<{ readonly sandbox: Sandbox; readonly runDir: string }> {
  const { sandbox, state } = await findSandbox(runDir, runDir);
  if (sandbox === undefined) throw new Error(`Bundles cannot be run here. ${state.reason} ${state.cure}`);
  return { sandbox, runDir };
}
