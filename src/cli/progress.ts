import type { CliIo } from './io.ts';

/** A bar on the terminal of whoever watches, and nothing elsewhere. */
export interface Progress {
  /** What is being done. */
  readonly say: (what: string) => void;
  /** One more is done. */
  readonly step: () => void;
  /** Takes the bar away. */
  readonly end: () => void;
}

const width = 24;
/** Redrawn at most this often: writing to a terminal costs more than a short simulation. */
const redrawMs = 100;

/** Drawn by the work itself and not by a timer, which would never fire while something is computed. */
export function showProgress({ err, errIsTerminal, nowMs }: CliIo, total: number): Progress {
  if (!errIsTerminal) return { say: () => {}, step: () => {}, end: () => {} };
  let done = 0;
  let what = '';
  let drawnAt = Number.NEGATIVE_INFINITY;
  const draw = () => {
    if (nowMs() - drawnAt < redrawMs) return;
    drawnAt = nowMs();
    const filled = Math.round((width * done) / total);
    err(`\r\u001b[K[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${done}/${total} ${what}`);
  };
  return {
    say(text) {
      what = text;
      draw();
    },
    step() {
      done++;
      draw();
    },
    end: () => err('\r\u001b[K'),
  };
}
