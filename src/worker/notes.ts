import type { Ms } from '../core/domain/units.ts';
import type { HandlerReport } from '../core/executors/thread.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Logger } from '../core/ports/logger.ts';

const everyMs: Ms = 1_000;
/** A server takes so many at once. */
const mostAtOnce = 1_000;

/** Lines and progress of what runs here, on their way to the server: once a second, and nothing is done about those that do not arrive. */
export interface Notes {
  add(lease: string, report: HandlerReport): void;
  close(): void;
}

interface NotesDeps {
  readonly clock: Pick<Clock, 'after'>;
  readonly logger: Logger;
  readonly send: (notes: readonly object[]) => Promise<void>;
}

export function createNotes({ clock, logger, send }: NotesDeps): Notes {
  let notes: object[] = [];
  let callOff = () => {};

  function sendLater(): void {
    callOff = clock.after(everyMs, () => void sendSome());
  }

  async function sendSome(): Promise<void> {
    const some = notes.slice(0, mostAtOnce);
    notes = notes.slice(some.length);
    if (notes.length > 0) sendLater();
    await send(some).catch((err: unknown) => logger.warn({ err }, 'progress and log lines were not taken'));
  }

  return {
    add(lease, report) {
      if (notes.length === 0) sendLater();
      notes.push(report.kind === 'log' ? { lease, log: report.message.slice(0, 8_192) } : { lease, progress: progressOf(report) });
    },
    close: () => callOff(),
  };
}

function progressOf({ ratio, note }: Extract<HandlerReport, { kind: 'progress' }>): object {
  return { ratio: Math.min(1, Math.max(0, ratio)), ...(note === null ? {} : { note: note.slice(0, 1_000) }) };
}
