import type { Outcome } from '../domain/attempt.ts';
import type { AttemptHandle } from '../ports/executor.ts';

/** So many attempts with a thread of their own at once. First come, first served: who wants many is passed by nobody who wants few. */
export interface ThreadLimit {
  /**
   * Runs `start` when there is a thread for the attempt; for one of several parts, when there are enough for all of them. More parts than there
   * are threads have to wait for all threads, and then go beyond. Stopped before that, it never starts. Rejects as `start` does.
   */
  run(attempt: AttemptHandle, start: () => Promise<Outcome>): Promise<Outcome>;
}

/** What one attempt wants, with all the parts that run here. */
interface Claim {
  readonly key: string;
  readonly threads: number;
  /** Parts that are not over yet. */
  left: number;
  isGranted: boolean;
  readonly granted: (() => void)[];
}

const stopped: Outcome = { kind: 'stopped' };

/** @param most threads, >= 1 */
export function createThreadLimit(most: number): ThreadLimit {
  let free = most;
  /** In the order in which they came. */
  const waiting = new Set<Claim>();
  /** Of attempts that are not over, waiting ones included. */
  const claims = new Map<string, Claim>();

  /** The first part speaks for the others, which come in the same turn. */
  function claimOf({ task, attempt, part }: AttemptHandle): Claim {
    if (part === undefined || part.together === 1) return enqueued('', 1);
    const key = `${task.id} ${attempt}`;
    const known = claims.get(key);
    if (known !== undefined) return known;
    const claim = enqueued(key, part.together);
    claims.set(key, claim);
    return claim;
  }

  function enqueued(key: string, parts: number): Claim {
    const claim: Claim = { key, threads: Math.min(parts, most), left: parts, isGranted: false, granted: [] };
    waiting.add(claim);
    grant();
    return claim;
  }

  function grant(): void {
    for (const claim of waiting) {
      if (claim.threads > free) return;
      free -= claim.threads;
      waiting.delete(claim);
      claim.isGranted = true;
      for (const tell of claim.granted) tell();
    }
  }

  /** Threads of parts are given back together, as they were taken. */
  function leave(claim: Claim): void {
    claim.left--;
    if (claim.left > 0) return;
    claims.delete(claim.key);
    waiting.delete(claim);
    if (claim.isGranted) free += claim.threads;
    grant();
  }

  return {
    async run(attempt, start) {
      const claim = claimOf(attempt);
      try {
        return (await turnOf(claim, attempt)) ? await start() : stopped;
      } finally {
        leave(claim);
      }
    },
  };
}

/** `false`: it was stopped before. */
function turnOf(claim: Claim, attempt: AttemptHandle): Promise<boolean> | boolean {
  if (claim.isGranted) return true;
  return new Promise((resolve) => {
    const leave = attempt.onStop(() => resolve(false));
    claim.granted.push(() => {
      leave();
      resolve(true);
    });
  });
}
