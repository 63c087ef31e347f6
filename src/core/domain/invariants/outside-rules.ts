import { isTaskEvent, type LogEntry, taskEvents } from '../events.ts';
import { idempotencyKeptMs } from '../idempotency.ts';
import { isTerminal } from '../task-status.ts';
import type { EpochMs, TaskId } from '../units.ts';
import type { Exchange, History, LogRows, Report, World } from '../world.ts';
import type { Finding, Rule } from './rule.ts';

/** What clients, executors and readers were told must be what the rows say. */
export const outsideRules: readonly Rule[] = [
  { id: 'I1', check: withHistory(acknowledgedIsThere) },
  { id: 'I3', check: (world) => (world.history?.reports === undefined ? undefined : reportsCount(world, world.history.reports)) },
  { id: 'I9', check: ({ history }) => history && oneTaskPerKey(history) },
  { id: 'I13', check: (world) => (world.rows.log === undefined ? undefined : withHistory(cancelsHold)(world)) },
  { id: 'I14', check: (world) => (world.rows.log === undefined ? undefined : withHistory(onlyOldEndsGo)(world)) },
  { id: 'I16', check: ({ history }) => history?.streams?.flatMap(({ after, seqs }) => gapIn(after, seqs)) },
  { id: 'L4', check: ({ history }) => history?.restarts?.flatMap(({ startedMs, readyMs }) => late(readyMs - startedMs)) },
];

/** @see design RELIABILITY L4 */
const readyWithinMs = 2_000;

type Submit = Extract<Exchange, { kind: 'submit' }>;

function withHistory(check: (world: World, history: History) => readonly Finding[]): Rule['check'] {
  return (world) => (world.history === undefined ? undefined : check(world, world.history));
}

function accepted(history: History): readonly (Submit & { readonly answer: { readonly id: TaskId } })[] {
  return history.exchanges.filter(
    (exchange): exchange is Submit & { readonly answer: { readonly id: TaskId } } =>
      exchange.kind === 'submit' && exchange.answer !== 'unknown' && 'id' in exchange.answer,
  );
}

/** Every acknowledged task is in the rows, unless retention was allowed to remove it, which I14 judges. */
function acknowledgedIsThere({ rows }: World, history: History): readonly Finding[] {
  const present = new Set(rows.tasks.map((task) => task.id));
  const missing = accepted(history).filter(({ answer }) => !present.has(answer.id));
  if (history.retention === undefined || rows.log === undefined) return missing.map(({ answer }) => lost(answer.id));
  // Without its first row, an older log cannot tell whether the task ever ended.
  if (rows.log.floor > 1) return [];
  const ends = endsOf(rows.log);
  return missing.filter(({ answer }) => !ends.has(answer.id)).map(({ answer }) => lost(answer.id));
}

function lost(id: TaskId): Finding {
  return { message: `task ${id} was acknowledged and is gone` };
}

/**
 * Each attempt is ended by one report of its own: never twice, and never by a report of another attempt. An answer that was lost may have
 * been either.
 */
function reportsCount({ rows }: World, reports: readonly Report[]): readonly Finding[] {
  const settled = new Map<string, number>();
  const possible = new Set<string>();
  const found: Finding[] = [];
  for (const { seq, attempt, answer } of reports) {
    const key = `${seq}/${attempt}`;
    if (answer !== 'stale') possible.add(key);
    if (answer !== 'settled') continue;
    const times = (settled.get(key) ?? 0) + 1;
    settled.set(key, times);
    if (times === 2) found.push({ seq, message: `attempt ${attempt} was ended twice` });
  }
  for (const { taskSeq, attempt, endedAt, outcome } of rows.attempts) {
    if (endedAt !== null && !possible.has(`${taskSeq}/${attempt}`))
      found.push({ seq: taskSeq, message: `attempt ${attempt} ended as ${outcome} and nobody reported it` });
    if (endedAt === null && settled.has(`${taskSeq}/${attempt}`))
      found.push({ seq: taskSeq, message: `the end of attempt ${attempt} was accepted and it is still open` });
  }
  return found;
}

/** Same key and body, same task; same key and another body, refused: until the key expires, whatever else retention removes. */
function oneTaskPerKey(history: History): readonly Finding[] {
  const first = new Map<string, { readonly id: TaskId; readonly fingerprint: string; readonly at: EpochMs }>();
  const found: Finding[] = [];
  for (const { tenant, idempotency, at, answer } of accepted(history)) {
    if (idempotency === null) continue;
    const key = JSON.stringify([tenant, idempotency.key]);
    const before = first.get(key);
    if (before === undefined || at - before.at >= idempotencyKeptMs) {
      first.set(key, { id: answer.id, fingerprint: idempotency.fingerprint, at });
      continue;
    }
    if (before.fingerprint !== idempotency.fingerprint) found.push({ message: `key ${idempotency.key} was accepted with two bodies` });
    else if (before.id !== answer.id) found.push({ message: `key ${idempotency.key} made ${before.id} and ${answer.id}` });
  }
  return found;
}

/** What a cancel was answered is what the log says of its task. */
function cancelsHold({ rows }: World, history: History): readonly Finding[] {
  const log = rows.log as LogRows; // looked at by the rule
  const ends = endsOf(log);
  const asked = new Set(log.entries.filter((entry) => entry.type === 'cancel_requested').map((entry) => entry.taskId));
  const complete = log.floor <= 1;
  const found: Finding[] = [];
  for (const exchange of history.exchanges) {
    if (exchange.kind !== 'cancel') continue;
    const { id, answer } = exchange;
    const end = ends.get(id);
    if (end === undefined && !complete) continue;
    if (answer === 'cancelled' && end?.type !== 'cancelled') found.push({ message: `${id} was answered cancelled and is ${end?.type}` });
    if (answer === 'requested' && complete && !asked.has(id)) found.push({ message: `the cancel of ${id} was acknowledged and is gone` });
    if (answer === 'ended' && end === undefined) found.push({ message: `the cancel of ${id} was refused and it had not ended` });
  }
  return found;
}

/** Retention takes terminal tasks past their age or in excess of the count, and never the head of the log. */
function onlyOldEndsGo({ rows }: World, history: History): readonly Finding[] {
  const log = rows.log as LogRows; // looked at by the rule
  const found: Finding[] = [];
  if (log.head > 0 && log.entries.at(-1)?.seq !== log.head) found.push({ message: `the head of the log, ${log.head}, is gone` });
  const ends = endsOf(log);
  const { maxAgeMs, maxTasks } = history.retention ?? { maxAgeMs: Number.POSITIVE_INFINITY, maxTasks: Number.POSITIVE_INFINITY };
  const tooMany = ends.size > maxTasks;
  const present = new Set(rows.tasks.map((task) => task.id));
  for (const [id, end] of ends) {
    if (present.has(id) || tooMany || end.at < history.latestNow - maxAgeMs) continue;
    found.push({ message: `task ${id} ended at ${end.at} and was removed before its age` });
  }
  return found;
}

function endsOf(log: LogRows): Map<TaskId, LogEntry> {
  const ends = new Map<TaskId, LogEntry>();
  for (const entry of log.entries) {
    if (entry.taskId === null || !isTaskEvent(entry.type)) continue;
    const status = taskEvents[entry.type];
    if (status !== null && isTerminal(status)) ends.set(entry.taskId, entry);
  }
  return ends;
}

/** A reader gets each seq once and in order. */
function gapIn(after: number, seqs: readonly number[]): readonly Finding[] {
  const at = seqs.findIndex((seq, i) => seq !== after + 1 + i);
  return at < 0 ? [] : [{ message: `a reader got ${seqs[at]} where ${after + 1 + at} was next` }];
}

function late(tookMs: number): readonly Finding[] {
  return tookMs <= readyWithinMs ? [] : [{ message: `a restart took ${tookMs} ms until it was ready` }];
}
