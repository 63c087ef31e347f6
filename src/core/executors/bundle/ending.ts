import type { Ms } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SandboxedProcess } from './process.ts';

/** Between the polite request and the end of everything; with what follows less than the 2 s that executors have. */
const graceMs: Ms = 1_500;

export type Limit = 'memory_limit' | 'disk_limit';

/** Ends a job early, and remembers why: that is never guessed from how it ended. */
export interface Ending {
  /** What was asked first; `undefined`: it ends by itself. */
  readonly reason: 'stopped' | Limit | undefined;
  begin(child: SandboxedProcess): void;
  /** Before it begins: until the others are ready too, or it is to end early. */
  waitFor(others: Promise<void>): Promise<void>;
  /** SIGTERM, and SIGKILL to everything after the grace. */
  stop(): void;
  /** SIGKILL to everything. */
  exceed(limit: Limit): void;
  /** It has ended. */
  over(): void;
}

export function createEnding(clock: Clock): Ending {
  let reason: Ending['reason'];
  let child: SandboxedProcess | undefined;
  let isOver = false;
  let disarm = () => {};
  let wake = () => {};

  return {
    get reason() {
      return reason;
    },
    begin(begun) {
      child = begun;
    },
    async waitFor(others) {
      if (reason !== undefined) return;
      const early = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await Promise.race([others, early]);
    },
    stop() {
      if (isOver || reason !== undefined) return;
      reason = 'stopped';
      wake();
      const begun = child;
      if (begun === undefined) return;
      begun.terminate();
      disarm = clock.after(graceMs, () => begun.kill());
    },
    exceed(limit) {
      if (isOver) return;
      reason ??= limit;
      child?.kill();
    },
    over() {
      isOver = true;
      disarm();
    },
  };
}
