import type { ApiKey } from '../domain/api-key.ts';
import type { EpochMs } from '../domain/units.ts';

/** Keys that open the API. Same rules as CatalogueStore: one verb, one log row with who did it, answered after COMMIT. */
export interface KeyStore {
  /** In order of their names. */
  apiKeys(): Promise<readonly ApiKey[]>;
  /** @returns false when its name or its prefix is taken. */
  addApiKey(key: ApiKey): Promise<boolean>;
  /** @returns false when there is none with this prefix. */
  removeApiKey(prefix: string, at: EpochMs, by: string): Promise<boolean>;
}
