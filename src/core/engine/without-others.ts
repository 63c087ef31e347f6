import type { Explanation } from './engine.ts';

/** The same without what it tells of other tasks, which may be other tenants': why it waits, and not for whom. */
export function withoutOthers(explanation: Explanation): Explanation {
  const { holds, waiting, kept } = explanation;
  return {
    ...explanation,
    holds: holds.map(({ task: _task, ...hold }) => hold),
    waiting: waiting === undefined ? undefined : { ...waiting, holders: [] },
    kept: kept !== undefined && kept.seq !== explanation.task.seq ? undefined : kept,
  };
}
