import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Bundles } from './api/deps.ts';
import { type Config, isLoopback } from './config.ts';
import type { BundleSettings } from './core/domain/bundle.ts';
import type { SandboxState } from './core/domain/sandbox.ts';
import { isOnNodesAlone } from './core/domain/task.ts';
import { type BundleExecutor, createBundleExecutor } from './core/executors/bundle/bundle.ts';
import { createOutputFeed } from './core/executors/bundle/output-feed.ts';
import { findSandbox, type SandboxFound } from './core/executors/bundle/self-test.ts';
import type { Clock } from './core/ports/clock.ts';
import type { Logger } from './core/ports/logger.ts';
import type { Store } from './core/ports/store.ts';
import { openFiles } from './files/open-files.ts';
import { startFileRetention } from './files/retention.ts';

const hourMs = 3_600_000;
const mib = 1_048_576;

interface BundleParts {
  readonly executor: BundleExecutor;
  readonly api: Bundles;
  /** Removes what a crash left; then what is kept too long, again and again. Before the engine starts. */
  begin(): Promise<void>;
  close(): Promise<void>;
}

interface BundlePartsDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: Store;
  /** `undefined`: there is no such type, or its tasks are no bundles. */
  readonly settingsOf: (type: string) => BundleSettings | undefined;
  readonly failed: (error: unknown) => void;
}

/** Everything that bundles need: their files, the sandbox, what runs them. */
export async function openBundles(config: Config, deps: BundlePartsDeps): Promise<BundleParts> {
  const { clock, logger, store, settingsOf } = deps;
  const runDir = config.runDir ?? standardRunDir(config.dataDir);
  const output = createOutputFeed();
  const files = await openFiles(config.dataDir, undefined, output.tell);
  const { state, sandbox } = isOpenToAll(config) ? openToAll : await findSandbox(runDir, config.dataDir);
  tell(logger, state);
  const executor = createBundleExecutor({
    ...{ clock, sandbox, settingsOf, files: files.attempts, onOutput: output.tell },
    unfit: state.reason === null ? undefined : `${state.reason} ${state.cure ?? ''}`.trim(),
  });
  let stopRetention = () => {};

  return {
    executor,
    api: {
      inputs: files.inputs,
      files: files.reader(executor.running),
      output,
      sandbox: state,
      nodes: files.remote,
      isOff: isOpenToAll(config),
    },
    async begin() {
      const gone = await files.cleanUp({
        isKnown: async (id) => (await store.task(id)) !== undefined,
        openAttempts: async () =>
          new Map((await store.processing()).flatMap(({ task }) => (isOnNodesAlone(task) ? [] : [[task.id, task.attempt]]))),
      });
      if (gone > 0) logger.info({ folders: gone }, 'removed files that a crash left without a task');
      stopRetention = startFileRetention(
        {
          clock,
          places: files.places,
          taskOf: (id) => store.task(id),
          isAwaited: ({ seq }) => store.isAwaited(seq),
          keepMs: (type) => keepMs(settingsOf(type)),
          failed: deps.failed,
        },
        {
          maxAgeMs: config.retentionFilesDays * 24 * hourMs,
          maxTasks: config.retentionFilesTasks,
          maxBytes: config.retentionFilesMb * mib,
        },
      );
    },
    async close() {
      stopRetention();
      await executor.close();
      if (sandbox !== undefined) await rm(runDir, { recursive: true, force: true });
    },
  };
}

function keepMs(settings: BundleSettings | undefined): number | undefined {
  const hours = settings?.keepHours ?? undefined;
  return hours === undefined ? undefined : hours * hourMs;
}

/** On a disk, as results may be large, and where other users may walk: the data folder is closed to them. */
function standardRunDir(dataDir: string): string {
  const name = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 12);
  return join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), `taskrouterx-${process.getuid?.() ?? 0}-${name}`);
}

function isOpenToAll({ auth, host }: Config): boolean {
  return auth === 'off' && !isLoopback(host);
}

const openToAll: SandboxFound = {
  state: {
    tier: 3,
    reason: 'Whoever reaches this server may use it (TRX_AUTH=off), and programs of everybody are not run.',
    cure: 'Listen on loopback (TRX_HOST=127.0.0.1).',
  },
  sandbox: undefined,
};

function tell(logger: Logger, { tier, reason, cure }: SandboxState): void {
  if (reason === null) logger.info({ tier }, 'bundles are run in a sandbox');
  else logger.warn({ tier, reason, cure }, 'bundles are refused');
}
