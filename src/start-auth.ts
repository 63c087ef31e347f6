import type { Auth } from './api/deps.ts';
import { createGuesses } from './api/guesses.ts';
import { createSessions } from './api/sessions.ts';
import { type Config, isLoopback } from './config.ts';
import { StartupError } from './core/domain/startup-error.ts';
import { createKeyring } from './core/engine/keyring.ts';
import type { Clock } from './core/ports/clock.ts';
import type { KeyStore } from './core/ports/key-store.ts';
import { createSecrets } from './core/system/secrets.ts';

/**
 * The keys there are. @throws StartupError 78: other machines could reach the server, and nobody would need a key.
 */
export async function openAuth(
  { host, auth, dataDir }: Pick<Config, 'host' | 'auth' | 'dataDir'>,
  { store, clock }: { readonly store: KeyStore; readonly clock: Clock },
): Promise<Auth> {
  const isReachable = auth !== 'off' && !isLoopback(host);
  const secrets = createSecrets();
  const keys = createKeyring({ store, clock, secrets, mustStay: isReachable });
  await keys.load();
  if (isReachable && keys.size === 0) {
    throw new StartupError(
      78,
      `Host ${host} can be reached from other machines, and there are no keys yet: anybody there could submit and read tasks. ` +
        `Make the first one, which is shown once: trx keys add me --role admin --data-dir ${dataDir}\n` +
        'Or listen on 127.0.0.1, or say TRX_AUTH=off when that is what you want.',
    );
  }
  return { keys, sessions: createSessions({ clock, secrets }), guesses: createGuesses(clock) };
}
