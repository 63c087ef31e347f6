/** The life of one task as spans on a line. */
import { isTerminal } from './status.js';

/** @typedef {import('./task-wire.js').TaskWire} TaskWire */
/** @typedef {import('./task-wire.js').AttemptWire} AttemptWire */

/**
 * @typedef {object} Span
 * @property {'delayed' | 'queued' | 'processing'} kind
 * @property {number} from epoch ms
 * @property {number} to epoch ms
 * @property {string} label
 * @property {boolean} open it goes on
 * @property {string} [outcome] of an attempt
 */

/**
 * Spans without gaps from acceptance to the end, or to `now`.
 * @param {TaskWire} task
 * @param {readonly AttemptWire[]} attempts in order
 * @param {number} now epoch ms
 * @returns {readonly Span[]}
 */
export function lifeOf(task, attempts, now) {
  const end = task.completed_at ? Date.parse(task.completed_at) : now;
  const accepted = Date.parse(task.enqueued_at);
  const first = attempts[0] ? Date.parse(attempts[0].started_at) : end;
  /** @type {Span[]} */
  const spans = [];
  const runAt = task.run_at ? Math.min(Date.parse(task.run_at), first) : accepted;
  if (runAt > accepted) spans.push(span('delayed', accepted, runAt, 'not before its time'));
  if (first > Math.max(accepted, runAt) || attempts.length === 0) spans.push(span('queued', Math.max(accepted, runAt), first, 'queued'));
  attempts.forEach((attempt, index) => {
    const started = Date.parse(attempt.started_at);
    const ended = attempt.ended_at ? Date.parse(attempt.ended_at) : end;
    spans.push({
      ...span('processing', started, ended, `attempt ${attempt.attempt} on ${attempt.pool}`),
      ...(attempt.outcome ? { outcome: attempt.outcome } : {}),
    });
    const next = attempts[index + 1];
    const until = next ? Date.parse(next.started_at) : end;
    if (attempt.ended_at && until > ended)
      spans.push(span('delayed', ended, until, attempt.outcome === 'released' ? 'back in the queue' : 'before the next attempt'));
  });
  const last = spans.at(-1);
  if (last && !isTerminal(task.status)) spans[spans.length - 1] = { ...last, open: true, kind: kindOf(task.status, last.kind) };
  return spans;
}

/** @param {Span['kind']} kind @param {number} from @param {number} to @param {string} label @returns {Span} */
function span(kind, from, to, label) {
  return { kind, from, to: Math.max(from, to), label, open: false };
}

/** The open span is what the task is in now. @param {string} status @param {Span['kind']} otherwise @returns {Span['kind']} */
function kindOf(status, otherwise) {
  return status === 'delayed' || status === 'queued' || status === 'processing' ? status : otherwise;
}
