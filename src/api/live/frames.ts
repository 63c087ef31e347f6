import { foldStatus, isTaskEvent, type LogEntry } from '../../core/domain/events.ts';
import type { Json } from '../../core/domain/json.ts';
import { isoTime } from '../time.ts';
import { detailsView } from '../views/log.ts';

/** One committed entry as the streams tell it, written out once whoever listens. */
export interface Frame {
  readonly seq: number;
  readonly taskId: string | null;
  /** `task.completed`, `pool.changed`, ... */
  readonly name: string;
  /** One line of JSON. */
  readonly json: string;
}

export function frameOf(entry: LogEntry): Frame {
  const name = eventName(entry);
  return { seq: entry.seq, taskId: entry.taskId, name, json: JSON.stringify(dataOf(entry, name)) };
}

/** Task events carry their `event_type` behind `task.`; of the others the first word is the subject: `pool_changed` is `pool.changed`. */
export function eventName({ type }: Pick<LogEntry, 'type'>): string {
  return isTaskEvent(type) ? `task.${type}` : type.replace('_', '.');
}

function dataOf(entry: LogEntry, name: string) {
  const { attempt = null, worker_pool: pool = null } = entry.details as { readonly attempt?: Json; readonly worker_pool?: Json };
  return {
    seq: entry.seq,
    at: isoTime(entry.at),
    type: name,
    event_type: entry.type,
    task_id: entry.taskId ?? 'system',
    attempt,
    status: statusAfter(entry),
    pool,
    details: toldIn(entry),
  };
}

/** Why a task went where it went is longer than all the rest, and for who asks: `/logs` and `/tasks/{id}/explain` have it. */
function toldIn(entry: LogEntry): LogEntry['details'] {
  const { type, details } = entry;
  if (type !== 'scheduled' || !('why' in details)) return detailsView(entry);
  const { why: _, ...told } = details;
  return told;
}

/** The status this entry leaves the task in; `null` where it changes none, or concerns none. */
function statusAfter(entry: LogEntry): string | null {
  return foldStatus(undefined, entry) ?? null;
}

/** How frames are put on a wire. */
export interface Format {
  readonly contentType: string;
  /** @param retryMs when to come back after a cut */
  opening(retryMs: number): string;
  entry(frame: Frame): string;
  batch(frames: readonly Frame[]): string;
  /** A frame without an id: only the newest counts. */
  state(name: string, json: string): string;
  /** A frame of a stream that counts by itself and not by the log. */
  step(name: string, id: string, json: string): string;
  /** A frame that says where the stream stands. */
  mark(name: 'snapshot' | 'reset', seq: number, json: string): string;
  heartbeat(seq: number): string;
}

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
export const sse: Format = {
  contentType: 'text/event-stream; charset=utf-8',
  opening: (retryMs) => `retry: ${retryMs}\n\n`,
  entry: ({ seq, name, json }) => `id: ${seq}\nevent: ${name}\ndata: ${json}\n\n`,
  batch: (frames) => `id: ${frames.at(-1)?.seq}\nevent: batch\ndata: [${frames.map(({ json }) => json).join(',')}]\n\n`,
  state: (name, json) => `event: ${name}\ndata: ${json}\n\n`,
  step: (name, id, json) => `id: ${id}\nevent: ${name}\ndata: ${json}\n\n`,
  mark: (name, seq, json) => `id: ${seq}\nevent: ${name}\ndata: ${json}\n\n`,
  // No data, so no event: it only moves the id that the browser resumes from.
  heartbeat: (seq) => `id: ${seq}\n\n`,
};

/** One JSON document a line. What is not a log entry has a `type` without a dot. */
export const ndjson: Format = {
  contentType: 'application/x-ndjson; charset=utf-8',
  opening: (retryMs) => `{"type":"opening","retry_ms":${retryMs}}\n`,
  entry: ({ json }) => `${json}\n`,
  batch: (frames) => frames.map(({ json }) => `${json}\n`).join(''),
  state: (name, json) => `{"type":"${name}","data":${json}}\n`,
  step: (name, id, json) => `{"type":"${name}","id":"${id}","data":${json}}\n`,
  mark: (name, seq, json) => `{"type":"${name}","seq":${seq},"data":${json}}\n`,
  heartbeat: (seq) => `{"type":"heartbeat","seq":${seq}}\n`,
};
