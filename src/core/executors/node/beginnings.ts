import type { Ms } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Lease } from './lease.ts';

/** Nodes that ask whether their part may begin. */
export interface Beginnings {
  /** Whether all parts of its task can; waits for that. `false`: not in time, or nobody waits any more. */
  ask(lease: Lease, options: { readonly waitMs: Ms; readonly signal: AbortSignal }): Promise<boolean>;
  /** Answers whoever asks now. */
  close(): void;
}

interface Line {
  isOpen: boolean;
  readonly asking: Set<() => void>;
}

/** A node asks again and again while it waits, and the line of its parts is told, and listened to, once. */
export function createBeginnings(clock: Pick<Clock, 'after'>): Beginnings {
  const lines = new WeakMap<Lease, Line>();
  const leaving = new Set<() => void>();

  function lineOf(lease: Lease): Line {
    const known = lines.get(lease);
    if (known !== undefined) return known;
    const line: Line = { isOpen: false, asking: new Set() };
    lines.set(lease, line);
    void (lease.attempt.part?.ready?.() ?? Promise.resolve()).then(() => {
      line.isOpen = true;
      for (const begin of [...line.asking]) begin();
    });
    return line;
  }

  return {
    ask(lease, { waitMs, signal }) {
      const line = lineOf(lease);
      if (line.isOpen) return Promise.resolve(true);
      return new Promise((resolve) => {
        const answer = (mayBegin: boolean) => {
          callOff();
          signal.removeEventListener('abort', leave);
          line.asking.delete(begin);
          leaving.delete(leave);
          resolve(mayBegin);
        };
        const begin = () => answer(true);
        const leave = () => answer(false);
        const callOff = clock.after(waitMs, leave);
        signal.addEventListener('abort', leave, { once: true });
        line.asking.add(begin);
        leaving.add(leave);
        if (signal.aborted) leave();
      });
    },
    close() {
      for (const leave of [...leaving]) leave();
    },
  };
}
