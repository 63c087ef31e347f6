import type { LogEntry } from '../core/domain/events.ts';
import type { Seq } from '../core/domain/units.ts';
import { createLabelCap, createPairCounts, type PairCounts } from './labels.ts';

/** Counters since process start that are folded from committed log entries. */
export interface TaskCounts {
  /** Takes in the entries of one commit. On the way of every commit: no allocation per entry but the running task's pool. */
  add(entries: readonly LogEntry[]): void;
  /** Accepted, by region. */
  readonly submitted: PairCounts;
  /** Ended, by status and pool of the last attempt; `none` ran nowhere. */
  readonly finished: PairCounts;
  /** Placements, by strategy. */
  readonly decisions: PairCounts;
}

const nowhere = 'none';

export function createTaskCounts(maxLabels = 1_000): TaskCounts {
  const submitted = createPairCounts();
  const finished = createPairCounts();
  const decisions = createPairCounts();
  const regionLabel = createLabelCap(maxLabels);
  const poolLabel = createLabelCap(maxLabels);
  /** Pool of each task that runs: entries that end one do not say it. As large as what runs. */
  const poolOf = new Map<Seq, string>();

  function end(status: string, seq: Seq): void {
    finished.add(status, poolOf.get(seq) ?? nowhere);
    poolOf.delete(seq);
  }

  function addOne({ type, taskSeq, details }: LogEntry, seq: Seq): void {
    if (type === 'created') submitted.add(regionLabel(textOf(details['region'])), '');
    else if (type === 'scheduled') {
      poolOf.set(seq, poolLabel(textOf(details['worker_pool'])));
      decisions.add(textOf(details['algorithm']), 'place');
    } else if (type === 'completed' || type === 'failed' || type === 'cancelled') end(type, seq);
    else if (taskSeq !== null && (type === 'retried' || type === 'lost' || type === 'released')) poolOf.delete(seq);
  }

  return {
    add(entries) {
      for (const entry of entries) if (entry.taskSeq !== null) addOne(entry, entry.taskSeq);
    },
    submitted,
    finished,
    decisions,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : nowhere;
}
