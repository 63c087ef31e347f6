import { foldStatus, type LogEntry } from '../events.ts';
import { isTerminal, type TaskStatus, transitions } from '../task-status.ts';
import type { EpochMs, TaskId } from '../units.ts';
import type { RuleId } from './rule.ts';

/** One task on its way through the log. */
export interface TaskWalk {
  readonly status: TaskStatus;
  /** `undefined`: its latest attempt is below the floor of the log. */
  readonly attempt: number | undefined;
  readonly lastSeq: number;
  readonly isCancelRequested: boolean;
  /** While `delayed`: not before. */
  readonly dueAt: EpochMs | undefined;
  /** How often it was queued before its time. */
  readonly early: number;
}

export interface StepFinding {
  readonly rule: Extract<RuleId, 'I2' | 'I3' | 'I5' | 'I12' | 'I13'>;
  readonly message: string;
}

interface Surroundings {
  /** The log begins with its first row: a task that is not known yet must be created. */
  readonly isComplete: boolean;
  readonly forced: ReadonlyMap<TaskId, number> | undefined;
}

/** Takes one task one row further, and says what is wrong with that row. */
export function stepOf(
  before: TaskWalk | undefined,
  entry: LogEntry,
  { isComplete, forced }: Surroundings,
): { readonly walk: TaskWalk; readonly findings: readonly StepFinding[] } {
  const findings: StepFinding[] = [];
  const say = (rule: StepFinding['rule'], message: string) => findings.push({ rule, message: `row ${entry.seq}: ${message}` });

  if (before === undefined) {
    if (isComplete && entry.type !== 'created') say('I5', `${entry.type} of a task that was never created`);
  } else {
    const edge = edgeProblem(before, entry);
    if (edge !== undefined) say('I2', edge);
    const fence = fenceProblem(before, entry);
    if (fence !== undefined) say('I3', fence);
    // Each request to start it now excuses one early start.
    if (isEarly(before, entry) && before.early >= (forced?.get(entry.taskId ?? '') ?? 0))
      say('I12', `queued ${(before.dueAt ?? 0) - entry.at} ms before its time`);
    const cancel = cancelProblem(before, entry);
    if (cancel !== undefined) say('I13', cancel);
  }
  return { walk: walkAfter(before, entry), findings };
}

function walkAfter(before: TaskWalk | undefined, entry: LogEntry): TaskWalk {
  const attempt = entry.type === 'created' ? 0 : entry.type === 'scheduled' ? attemptIn(entry) : before?.attempt;
  const status = foldStatus(before?.status, entry) ?? 'queued';
  return {
    status,
    attempt,
    lastSeq: entry.seq,
    isCancelRequested: before?.isCancelRequested === true || entry.type === 'cancel_requested',
    dueAt: status === 'delayed' ? dueIn(entry) : undefined,
    early: (before?.early ?? 0) + (before !== undefined && isEarly(before, entry) ? 1 : 0),
  };
}

function isEarly({ dueAt }: TaskWalk, entry: LogEntry): boolean {
  return entry.type === 'queued' && dueAt !== undefined && entry.at < dueAt;
}

/** They say more of an attempt that goes on. */
const duringAttempt: readonly LogEntry['type'][] = ['cancel_requested', 'leased'];

/** One terminal row a task, nothing after it, and no step that the table of arrows does not have. */
function edgeProblem({ status }: TaskWalk, entry: LogEntry): string | undefined {
  if (isTerminal(status)) return `${entry.type} after the task was ${status}`;
  if (entry.type === 'created') return 'created twice';
  const next = foldStatus(status, entry);
  const arrows: readonly TaskStatus[] = Object.values<TaskStatus>(transitions[status]);
  const isKnown = duringAttempt.includes(entry.type)
    ? status === 'processing'
    : next !== undefined && next !== status && arrows.includes(next);
  return isKnown ? undefined : `${entry.type} of a task that is ${status}`;
}

/** What ends an attempt names the latest one, and attempts are opened one after the other. */
function fenceProblem({ attempt }: TaskWalk, entry: LogEntry): string | undefined {
  const named = attemptIn(entry);
  if (named === undefined || attempt === undefined) return undefined;
  const expected = entry.type === 'scheduled' ? attempt + 1 : attempt;
  return named === expected ? undefined : `${entry.type} for attempt ${named} where ${expected} is current`;
}

/** After a committed cancel only `cancelled` follows, a lease that shared its COMMIT, or the failure of a deadline that passed before the stop was obeyed. */
function cancelProblem({ isCancelRequested }: TaskWalk, entry: LogEntry): string | undefined {
  if (!isCancelRequested || entry.type === 'cancelled' || entry.type === 'leased') return undefined;
  if (entry.type === 'failed' && entry.details['code'] === 'deadline_exceeded') return undefined;
  return `${entry.type} after a cancel was committed`;
}

function attemptIn({ details }: LogEntry): number | undefined {
  const attempt = details['attempt'];
  return typeof attempt === 'number' ? attempt : undefined;
}

function dueIn({ details }: LogEntry): EpochMs | undefined {
  const due = details['run_at'] ?? details['due_at'];
  return typeof due === 'string' ? Date.parse(due) : undefined;
}
