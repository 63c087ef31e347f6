import type { EndedParent } from '../domain/dependency.ts';
import type { TaskId } from '../domain/units.ts';
import type { HandlerContext } from './handler.ts';
import type { StopSwitch } from './stop-switch.ts';
import type { FromThread } from './thread-messages.ts';

const progressEveryMs = 100;
const maxLogLines = 100;
const maxTextChars = 1_000;

interface AttemptInThread {
  /** Number of the attempt in its thread. */
  readonly id: number;
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly part: number;
  readonly parts: number;
  readonly parents: readonly EndedParent[];
  readonly stop: StopSwitch;
}

/** The handler's view of its attempt. What it tells is bounded here, in the thread, so a chatty handler cannot flood the server. */
export function createHandlerContext(
  { id, taskId, attempt, part, parts, parents, stop }: AttemptInThread,
  send: (message: FromThread) => void,
): HandlerContext {
  let nextProgressAt = 0;
  let logLines = 0;

  return {
    taskId,
    attempt,
    part,
    parts,
    get signal() {
      return stop.signal;
    },
    parents: Object.fromEntries(parents.map((parent) => [parent.name, parent])),
    progress(ratio, note) {
      const now = performance.now();
      if (now < nextProgressAt || !(ratio >= 0 && ratio <= 1)) return;
      nextProgressAt = now + progressEveryMs;
      send({ kind: 'progress', id, ratio, note: note === undefined ? null : clip(note) });
    },
    log(message) {
      if (++logLines <= maxLogLines) send({ kind: 'log', id, message: clip(message) });
    },
  };
}

function clip(text: unknown): string {
  return String(text).slice(0, maxTextChars);
}
