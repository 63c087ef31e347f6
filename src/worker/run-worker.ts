import { hostname } from 'node:os';
import { createFunctionExecutor } from '../core/executors/function.ts';
import { type HandlerSet, loadHandlers } from '../core/executors/handlers-loader.ts';
import type { Logger } from '../core/ports/logger.ts';
import { createSystemClock } from '../core/system/system-clock.ts';
import { createSystemRandom } from '../core/system/system-random.ts';
import { createNodeApi } from './node-api.ts';
import { createWorker, type WorkerNode } from './worker.ts';

export interface RunWorkerOptions {
  readonly server: string;
  readonly pool: string;
  /** Left out: every handler there is. */
  readonly types: readonly string[] | undefined;
  readonly slots: number;
  readonly id: string | undefined;
  readonly handlersDir: string;
  readonly version: string;
}

/** What this machine can run, as a node of a server. @throws Error for a type that has no handler here */
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
  const types = options.types ?? known;
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
  const worker = createWorker(
    { api: createNodeApi(options.server, id, send), clock, random: () => random.next(), logger, executors: [executor] },
    { pool: options.pool, types, slots: options.slots, agent: `trx/${options.version}` },
  );
  return { worker, id, types, close: () => executor.close() };
}
