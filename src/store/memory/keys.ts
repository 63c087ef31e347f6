import type { KeyStore } from '../../core/ports/key-store.ts';
import { keyDetails } from '../log-details.ts';
import type { Write } from './catalogue.ts';
import type { LogBook } from './log-book.ts';
import type { Tables } from './tables.ts';

export function createKeys({ apiKeys }: Tables, log: LogBook, write: Write): KeyStore {
  return {
    apiKeys: async () => apiKeys.rows(),
    addApiKey: (key) =>
      write(1, () => {
        if (apiKeys.rows().some(({ prefix, name }) => prefix === key.prefix || name === key.name)) return false;
        apiKeys.set(key.prefix, key);
        log.add(key.createdAt, 'key_added', null, keyDetails(key));
        return true;
      }),
    removeApiKey: (prefix, at, by) =>
      write(1, () => {
        const key = apiKeys.get(prefix);
        if (key === undefined) return false;
        apiKeys.delete(prefix);
        log.add(at, 'key_removed', null, { key: prefix, name: key.name, by });
        return true;
      }),
  };
}
