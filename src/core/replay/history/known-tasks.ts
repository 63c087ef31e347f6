import type { Seq } from '../../domain/units.ts';
import type { History, RecordedTask } from '../../ports/history.ts';

/** A number further ahead than this is looked up by itself. */
const stride = 2_000;
/** Read at once. */
const span = 10_000;

/** Recorded tasks by number, for who needs them about in their order: read in pages, and kept until they are done with. */
export function createKnownTasks(history: Pick<History, 'task' | 'tasks'>) {
  const known = new Map<Seq, RecordedTask>();
  let pages: Iterator<RecordedTask> | undefined;
  let read: Seq = 0;

  function readTo(seq: Seq): void {
    if (seq > read + stride) read = seq - 1;
    while (read < seq) {
      pages ??= history.tasks(read + 1, read + span)[Symbol.iterator]();
      const next = pages.next();
      if (next.done === true) {
        pages = undefined;
        return; // it is not there, or not in this page
      }
      read = next.value.entry.seq;
      known.set(read, next.value);
    }
  }

  return {
    /** `undefined`: it has been removed. */
    get(seq: Seq): RecordedTask | undefined {
      if (!known.has(seq) && seq > read) {
        if (seq > read + stride) pages = undefined;
        readTo(seq);
      }
      return known.get(seq) ?? this.again(seq);
    },
    /** As it is by now: the server may be writing. */
    again(seq: Seq): RecordedTask | undefined {
      const task = history.task(seq);
      if (task !== undefined) known.set(seq, task);
      return task;
    },
    forget(seq: Seq): void {
      known.delete(seq);
    },
  };
}
