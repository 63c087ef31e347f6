import { asc, eq } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { KeyStore } from '../../core/ports/key-store.ts';
import { keyDetails } from '../log-details.ts';
import type { Reader } from './reader.ts';
import { apiKey } from './schema.ts';
import type { Writer } from './writer.ts';

interface KeysDeps {
  readonly writer: Writer;
  /** On the writing connection, used inside its transactions. */
  readonly writes: BetterSQLite3Database;
  /** On the reading connection. */
  readonly reads: BetterSQLite3Database;
  readonly read: Reader['read'];
}

export function createKeys({ writer, writes, reads, read }: KeysDeps): KeyStore {
  const { log } = writer.context;
  return {
    apiKeys: async () => read(() => reads.select().from(apiKey).orderBy(asc(apiKey.name)).all()),
    addApiKey: (key) =>
      writer.write(1, () => {
        const { changes } = writes.insert(apiKey).values(key).onConflictDoNothing().run();
        if (changes === 0) return false;
        log.addSystem(key.createdAt, 'key_added', keyDetails(key));
        return true;
      }),
    removeApiKey: (prefix, at, by) =>
      writer.write(1, () => {
        const [gone] = writes.delete(apiKey).where(eq(apiKey.prefix, prefix)).returning().all();
        if (gone === undefined) return false;
        log.addSystem(at, 'key_removed', { key: prefix, name: gone.name, by });
        return true;
      }),
  };
}
