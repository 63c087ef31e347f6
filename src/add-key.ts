import { tenantPattern, tenantRule } from './api/schemas/common.ts';
import type { ApiKeySpec } from './core/domain/api-key.ts';
import { TaskRouterError } from './core/domain/errors.ts';
import { createKeyring } from './core/engine/keyring.ts';
import { createSecrets } from './core/system/secrets.ts';
import { createSystemClock } from './core/system/system-clock.ts';
import { openStore } from './store/open-store.ts';

/**
 * Makes a key in the data folder of a server that does not run: how the first one comes about before other machines can reach it.
 * @returns the key @throws StartupError a server runs there, or the folder cannot be used · TaskRouterError as Keyring.add
 */
export async function addKey(dataDir: string, spec: ApiKeySpec): Promise<string> {
  const { tenant } = spec;
  if (tenant !== null && !new RegExp(tenantPattern).test(tenant))
    throw new TaskRouterError('validation_failed', `tenant must be ${tenantRule}.`);
  const clock = createSystemClock();
  const logger = { info() {}, warn() {}, error() {} };
  const store = await openStore({ dataDir, durability: 'full', clock, logger });
  try {
    const keys = createKeyring({ store, clock, secrets: createSecrets() });
    await keys.load();
    return (await keys.add(spec, 'data-folder')).key;
  } finally {
    await store.close();
  }
}
