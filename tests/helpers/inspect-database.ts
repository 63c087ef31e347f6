import { foldStatus } from '../../src/core/domain/events.ts';
import { isTerminal, type TaskStatus } from '../../src/core/domain/task-status.ts';
import { noMetrics } from '../../src/core/ports/metrics.ts';
import { createSystemClock } from '../../src/core/system/system-clock.ts';
import { openStore } from '../../src/store/open-store.ts';

export interface Inspection {
  readonly statusOf: ReadonlyMap<string, TaskStatus>;
  /** One sentence each; empty when everything the database promises holds. */
  readonly violations: readonly string[];
}

/** Opens the database of a server that has ended and checks its promises from the rows alone. */
export async function inspectDatabase(dataDir: string): Promise<Inspection> {
  const quiet = { info() {}, warn() {}, error() {} };
  const store = await openStore({ dataDir, durability: 'full', clock: createSystemClock(), logger: quiet, metrics: noMetrics });
  const violations: string[] = [];
  const folded = new Map<number, TaskStatus>();
  const ends = new Map<number, number>();
  const statusOf = new Map<string, TaskStatus>();
  try {
    const { floor, head } = store.logBounds();
    let expected = floor;
    for (let after = floor - 1; ; ) {
      const entries = await store.logAfter(after, 1_000);
      for (const entry of entries) {
        if (entry.seq !== expected) violations.push(`log row ${expected} is missing`);
        expected = entry.seq + 1;
        if (entry.taskSeq === null) continue;
        const before = folded.get(entry.taskSeq);
        if (before !== undefined && isTerminal(before)) violations.push(`task ${entry.taskSeq}: ${entry.type} after ${before}`);
        const status = foldStatus(before, entry);
        if (status === undefined) continue;
        folded.set(entry.taskSeq, status);
        if (isTerminal(status)) ends.set(entry.taskSeq, (ends.get(entry.taskSeq) ?? 0) + 1);
      }
      const last = entries.at(-1);
      if (last === undefined) break;
      after = last.seq;
    }
    if (expected !== head + 1) violations.push(`the log ends at ${expected - 1}, its head is ${head}`);
    for (const [seq, count] of ends) if (count !== 1) violations.push(`task ${seq} ended ${count} times`);
    if (!(await store.verifyLog()).ok) violations.push('the hash chain does not hold');

    for (let before: number | undefined; ; ) {
      const page = await store.tasks({ filter: {}, limit: 1_000, ...(before === undefined ? {} : { before }) });
      for (const task of page.tasks) {
        statusOf.set(task.id, task.status);
        if (folded.get(task.seq) !== task.status)
          violations.push(`task ${task.seq} is ${task.status}, its log says ${folded.get(task.seq)}`);
        if (task.attemptsUsed > task.maxAttempts)
          violations.push(`task ${task.seq} used ${task.attemptsUsed} of ${task.maxAttempts} attempts`);
        const attempts = await store.attempts(task.seq);
        if (attempts.some(({ attempt }, i) => attempt !== i + 1) || attempts.length !== task.attempt)
          violations.push(`task ${task.seq}: attempts ${attempts.map(({ attempt }) => attempt)}, latest ${task.attempt}`);
        const live = attempts.filter(({ endedAt }) => endedAt === null).length;
        if (live !== (task.status === 'processing' ? 1 : 0))
          violations.push(`task ${task.seq} is ${task.status} with ${live} live attempts`);
      }
      const last = page.tasks.at(-1);
      if (last === undefined || !page.hasOlder) break;
      before = last.seq;
    }
  } finally {
    await store.close();
  }
  return { statusOf, violations };
}
