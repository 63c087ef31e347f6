import { join } from 'node:path';
import type { History } from '../core/ports/history.ts';
import { databaseFile } from './open-store.ts';
import { openHistory as openSqliteHistory } from './sqlite/history.ts';

/** Opens what a server has on record, for reading only, while the server may be running in this process. */
export function openHistory(dataDir: string): History & { close(): void } {
  return openSqliteHistory(join(dataDir, databaseFile));
}
