import type { Dependencies } from '../dependency.ts';
import type { LogEntry } from '../events.ts';
import { isTerminal, type TaskStatus } from '../task-status.ts';
import type { Seq } from '../units.ts';

/**
 * What a row says of a task and its parents: it starts after all of them have ended, and where it must not run without them, completed; it ends
 * for want of one only where one ended otherwise.
 * @param statusOf a parent at this row; `undefined`: its rows were removed
 */
export function kinProblem(
  { seq, type, details }: LogEntry,
  dependsOn: Dependencies | null,
  statusOf: (parent: Seq) => TaskStatus | undefined,
): string | undefined {
  if (dependsOn === null) return undefined;
  const parents = dependsOn.parents.map((parent) => ({ id: parent.id, status: statusOf(parent.seq) }));
  if (type === 'scheduled' && details['attempt'] === 1) {
    const open = parents.find(({ status }) => status !== undefined && !isTerminal(status));
    if (open !== undefined) return `row ${seq}: started while ${open.id}, which it depends on, was ${open.status}`;
    const ended = parents.find(({ status }) => status !== undefined && status !== 'completed');
    if (ended !== undefined && dependsOn.onFailure !== 'run')
      return `row ${seq}: started though ${ended.id}, which it depends on, was ${ended.status}`;
  }
  const isRejected = details['code'] === 'dependency_failed' && (type === 'failed' || type === 'cancelled');
  if (!isRejected) return undefined;
  const mayFail = parents.some(({ status }) => status === undefined || (isTerminal(status) && status !== 'completed'));
  return mayFail && dependsOn.onFailure !== 'run' ? undefined : `row ${seq}: ended for want of a parent, and none is lacking`;
}
