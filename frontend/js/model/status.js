/** The lifecycle in the order it is lived, with the words people read. */

/** @type {readonly import('./task-wire.js').TaskStatus[]} */
export const statuses = ['delayed', 'queued', 'processing', 'completed', 'failed', 'cancelled'];

/** @type {Readonly<Record<import('./task-wire.js').TaskStatus, string>>} */
export const statusWords = {
  delayed: 'Delayed',
  queued: 'Queued',
  processing: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** @param {string} status */
export function isTerminal(status) {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/**
 * The status a log entry leaves its task in; `undefined` when it leaves it as it was.
 * @param {string} eventType without the `task.` in front
 * @returns {import('./task-wire.js').TaskStatus | undefined}
 */
export function statusAfter(eventType) {
  return /** @type {Readonly<Record<string, import('./task-wire.js').TaskStatus>>} */ (afterEvent)[eventType];
}

const afterEvent = {
  queued: 'queued',
  released: 'queued',
  scheduled: 'processing',
  retried: 'delayed',
  lost: 'delayed',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
};
