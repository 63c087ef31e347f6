import { Worker } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import type { Clock } from '../../core/ports/clock.ts';

/** Below this many pages (16 MiB) the check takes less time than a thread takes to start. */
const smallFilePages = 4_096;
const maxWaitMs = 5_000;

export interface QuickCheck {
  /** `ok`, what is wrong, or `undefined` when it takes longer than the start-up waits. */
  readonly answer: string | undefined;
  /** What it found in the end, when `answer` is `undefined`. */
  readonly later: Promise<string>;
}

/** Looks for damaged pages at start-up: at once in a small file, else in a thread, waiting at most 5 s for it. */
export async function quickCheck(db: Database, file: string, clock: Clock): Promise<QuickCheck> {
  const pages = db.pragma('page_count', { simple: true }) as number;
  if (pages <= smallFilePages) {
    const answer = String(db.pragma('quick_check(1)', { simple: true }));
    return { answer, later: Promise.resolve(answer) };
  }
  const { later, leave } = checkInThread(file);
  let disarm = () => {};
  const patience = new Promise<undefined>((resolve) => {
    disarm = clock.after(maxWaitMs, () => resolve(undefined));
  });
  const answer = await Promise.race([later, patience]);
  disarm();
  // The process may end before the check does.
  if (answer === undefined) leave();
  return { answer, later };
}

/** The same SQLite library in another thread, so its locks and ours are of one kind. */
function checkInThread(file: string): { later: Promise<string>; leave: () => void } {
  const worker = new Worker(new URL('./quick-check-worker.mjs', import.meta.url), { workerData: { file } });
  const later = new Promise<string>((resolve) => {
    worker.once('message', resolve);
    worker.once('error', (error) => resolve(error.message));
    worker.once('exit', () => resolve('the check ended without an answer'));
  });
  return { later, leave: () => worker.unref() };
}
