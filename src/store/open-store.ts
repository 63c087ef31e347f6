import { join } from 'node:path';
import { StartupError } from '../core/domain/startup-error.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Logger } from '../core/ports/logger.ts';
import { type Metrics, noMetrics } from '../core/ports/metrics.ts';
import type { Store } from '../core/ports/store.ts';
import { prepareDataFolder, withPrivateFiles } from './data-folder.ts';
import { packageRoot } from './package-root.ts';
import { openSqliteStore } from './sqlite/open-sqlite-store.ts';

export const databaseFile = 'taskrouterx.db';

export interface OpenStoreOptions {
  /** Folder of the database and its lock; made when missing. */
  readonly dataDir: string;
  /** `full`: what was answered survives power loss. `normal`: only the death of the process. */
  readonly durability: 'full' | 'normal';
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: Metrics;
}

/**
 * Opens the database for this server and for no other.
 * @throws StartupError 75 another server uses it · 78 folder or file unusable, or of a newer version · 70 the storage is damaged.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { durability, clock, logger, metrics = noMetrics } = options;
  const dataDir = prepareDataFolder(options.dataDir);
  const paths = {
    dataDir,
    database: join(dataDir, databaseFile),
    lock: join(dataDir, 'server.lock'),
    migrations: join(packageRoot(), 'src/store/sqlite/migrations'),
  };
  try {
    return await openSqliteStore({ paths, durability, clock, logger, metrics, withPrivateFiles });
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(70, `the database ${paths.database} cannot be used: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
