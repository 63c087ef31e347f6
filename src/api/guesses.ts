import { TaskRouterError } from '../core/domain/errors.ts';
import type { EpochMs, Ms } from '../core/domain/units.ts';
import type { Clock } from '../core/ports/clock.ts';

const windowMs: Ms = 60_000;
const mostWrong = 10;
/** Addresses remembered; with more the count begins anew, which only a flood brings about. */
const mostAddresses = 10_000;

/** Counts wrong keys by address. Whoever has a good key is never kept out: only wrong ones are counted and refused. */
export interface Guesses {
  /** A wrong key. @throws TaskRouterError `rate_limited` when there were too many from this address within a minute. */
  wrong(address: string): void;
}

export function createGuesses(clock: Clock): Guesses {
  const byAddress = new Map<string, { count: number; readonly endsAt: EpochMs }>();

  return {
    wrong(address) {
      const now = clock.now();
      const known = byAddress.get(address);
      if (known !== undefined && known.endsAt > now) {
        known.count++;
        if (known.count <= mostWrong) return;
        const retryAfterS = Math.ceil((known.endsAt - now) / 1_000);
        throw new TaskRouterError('rate_limited', `${mostWrong} wrong keys came from your address. Wait a minute.`, { retryAfterS });
      }
      if (byAddress.size >= mostAddresses) byAddress.clear();
      byAddress.set(address, { count: 1, endsAt: now + windowMs });
    },
  };
}
