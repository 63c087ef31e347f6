import type { EpochMs, Ms } from '../core/domain/units.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Secrets } from '../core/ports/secrets.ts';

export const sessionCookie = 'trx_session';
/** Signing in holds for a working day. */
export const sessionMs: Ms = 12 * 3_600_000;
/** The oldest goes when there are more. */
const mostSessions = 1_000;

/** Browsers that signed in with a key. They are in memory: after a restart people sign in again. */
export interface Sessions {
  /** @returns what the cookie holds */
  open(prefix: string): string;
  /** The public part of the key that opened it. */
  prefixOf(cookie: string): string | undefined;
  close(cookie: string): void;
}

export function createSessions({ clock, secrets }: { readonly clock: Clock; readonly secrets: Secrets }): Sessions {
  /** By the digest of the cookie, oldest first. */
  const sessions = new Map<string, { readonly prefix: string; readonly endsAt: EpochMs }>();

  return {
    open(prefix) {
      const cookie = secrets.secret();
      sessions.set(secrets.digest(cookie), { prefix, endsAt: clock.now() + sessionMs });
      const [oldest] = sessions.keys();
      if (sessions.size > mostSessions && oldest !== undefined) sessions.delete(oldest);
      return cookie;
    },
    prefixOf(cookie) {
      const digest = secrets.digest(cookie);
      const session = sessions.get(digest);
      if (session === undefined) return undefined;
      if (session.endsAt > clock.now()) return session.prefix;
      sessions.delete(digest);
      return undefined;
    },
    close: (cookie) => void sessions.delete(secrets.digest(cookie)),
  };
}
