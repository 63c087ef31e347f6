import { isTerminal } from './status.js';

/** @typedef {{ readonly status: string }} Running */

/**
 * What runs by itself is followed until it ends, as it moves on between events: a traffic run, a replay, something done to many tasks, a task
 * on its own page, heartbeats.
 * @param {import('./state.js').Model} model of a screen
 */
export function isRunning(model) {
  const { simulation, replay, replays, operation, task, nodes } =
    /** @type {{ simulation?: Running | null, replay?: Running, replays?: readonly Running[], operation?: Running, task?: Running, nodes?: readonly unknown[] | null }} */ (
      model
    );
  if (nodes != null && nodes.length > 0) return true;
  const runs = [simulation, replay, operation, ...(replays ?? [])];
  return runs.some((run) => run?.status === 'running') || (task !== undefined && !isTerminal(task.status));
}

/**
 * A task of the page has not ended: who cannot follow the stream reads the page anew sooner.
 * @param {import('./state.js').Model} model
 */
export function isMoving({ tasks = [] }) {
  return tasks.some(({ status }) => !isTerminal(status));
}
