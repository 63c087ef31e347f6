import type { FastifyPluginAsync } from 'fastify';
import type { SandboxState } from '../core/domain/sandbox.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { Keyring } from '../core/engine/keyring.ts';
import type { BundleInputs } from '../core/ports/bundle-files.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { NodeFiles } from '../core/ports/node-files.ts';
import type { Random } from '../core/ports/random.ts';
import type { OutputFeed, TaskFiles } from '../core/ports/task-files.ts';
import type { Guesses } from './guesses.ts';
import type { Sessions } from './sessions.ts';

/** What the HTTP side needs of the rest; `main.ts` hands it in. */
export interface ApiDeps {
  readonly engine: Engine;
  readonly logger: Logger;
  /** For time limits of connections and for the pace of live streams. */
  readonly clock: Clock;
  /** Jitter of Retry-After and of reconnects. */
  readonly random: Random;
  readonly metrics: MetricsText;
  readonly options: ServerOptions;
  /** Keys and who signed in with one; a server without is open to whoever reaches it. */
  readonly auth?: Auth | undefined;
  /** Where the files of tasks are; a server without takes no bundles. */
  readonly bundles?: Bundles | undefined;
  /** The dashboard. It says with `app.setHomePage` what answers `GET /` when a browser asks. */
  readonly pages?: FastifyPluginAsync;
}

export interface Auth {
  readonly keys: Keyring;
  readonly sessions: Sessions;
  readonly guesses: Guesses;
}

export interface Bundles {
  readonly inputs: BundleInputs;
  readonly files: TaskFiles;
  readonly output: OutputFeed;
  /** Those of attempts that run on nodes. */
  readonly nodes: NodeFiles;
  /** Whether bundles can be run on this machine. */
  readonly sandbox: SandboxState;
  /** No bundles at all, not on nodes either: whoever reaches this server may use it. */
  readonly isOff: boolean;
}

export interface MetricsText {
  /** @param openMetrics OpenMetrics 1.0 instead of the Prometheus text format 0.0.4 */
  text(openMetrics: boolean): Promise<{ readonly type: string; readonly body: string }>;
}

export interface ServerOptions {
  readonly version: string;
  /** TRX_NODE_NAME. */
  readonly nodeName: string;
  /** TRX_HOSTS: names and addresses besides localhost, 127.0.0.1 and [::1] that `Host` may say, without port. */
  readonly hosts: readonly string[];
  /** TRX_CORS_ORIGINS: origins whose pages may use the API. */
  readonly corsOrigins: readonly string[];
  /** TRX_REQUIRE_IF_MATCH: refuse unconditional changes with 428. */
  readonly requireIfMatch: boolean;
  /** TRX_CURRENCY: a label. */
  readonly currency: string;
  /** `off`: nobody needs a key, whoever reaches the port. */
  readonly auth: 'off' | 'keys';
  readonly durability: 'full' | 'normal';
  /** Live streams at once, 200 when left out. */
  readonly maxStreams?: number;
  /** Connections at once, 500 when left out. */
  readonly maxConnections?: number;
  /** Above 80 % of this the server sheds load; no limit when left out. */
  readonly memoryLimitBytes?: number;
}

export const base = '/api/v1';
