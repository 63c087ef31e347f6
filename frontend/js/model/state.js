/**
 * What the page knows, and how a message changes it. Pure: `(state, message) => state`; the page is drawn from the result and from nothing
 * else.
 */
import { addSample, sampleOf } from './history.js';
import { further, withPiece } from './output.js';
import { statusAfter } from './status.js';

/** @typedef {import('./task-wire.js').TaskWire} TaskWire */
/** @typedef {import('./pool-wire.js').PoolWire} PoolWire */
/** @typedef {import('./wire.js').StatsWire} StatsWire */

/**
 * A screen's model: which of these it has depends on the screen, the rest is its own.
 * @typedef {{ readonly stats?: StatsWire, readonly history?: readonly import('./wire.js').Sample[], readonly pools?: readonly PoolWire[], readonly pool?: PoolWire, readonly tasks?: readonly TaskWire[], readonly output?: import('./output-wire.js').TailsWire | null } & Readonly<Record<string, unknown>>} Model
 */

/** @typedef {'connecting' | 'live' | 'reconnecting' | 'polling' | 'hidden'} Phase */

/**
 * @typedef {object} State
 * @property {{ readonly seq: number, readonly now: string, readonly algorithm: string } & Readonly<Record<string, unknown>>} shell
 * @property {Model} model
 * @property {Phase} phase
 * @property {boolean} paused
 * @property {number} retryInS
 * @property {number} held changes not shown while paused
 * @property {number} unseen new tasks not shown, because someone is reading the list
 * @property {boolean} unseenIsCapped there may be more: a whole page of them is new
 * @property {string} at time of the newest data
 * @property {readonly string[]} poolNames order of the `pools` frames
 */

/**
 * @typedef {{ readonly seq: number, readonly event_type: string, readonly task_id?: string | null, readonly pool?: string | null, readonly at?: string, readonly [key: string]: unknown }} EventFrame
 */

/**
 * @typedef {{ kind: 'phase', phase: Phase, retryInS?: number }
 *   | { kind: 'paused', paused: boolean }
 *   | { kind: 'stats', stats: StatsWire, now: number }
 *   | { kind: 'snapshot', names: readonly string[], load: readonly number[] }
 *   | { kind: 'pools', changed: readonly (readonly [number, number, ...number[]])[] }
 *   | { kind: 'output', piece: import('./output.js').Piece }
 *   | { kind: 'events', events: readonly EventFrame[] }
 *   | { kind: 'page', shell: State['shell'], model: Model, hold: boolean }
 *   | { kind: 'shown' }} Message
 */

/**
 * @param {State['shell']} shell
 * @param {Model} model
 * @param {boolean} paused
 * @returns {State}
 */
export function initialState(shell, model, paused) {
  return {
    shell,
    model,
    phase: 'connecting',
    paused,
    retryInS: 0,
    held: 0,
    unseen: 0,
    unseenIsCapped: false,
    at: shell.now,
    poolNames: [],
  };
}

/**
 * @param {State} state
 * @param {Message} message
 * @returns {State}
 */
export function reduce(state, message) {
  switch (message.kind) {
    case 'phase':
      return { ...state, phase: message.phase, retryInS: message.retryInS ?? 0 };
    case 'paused':
      return { ...state, paused: message.paused, held: 0 };
    case 'shown':
      return { ...state, unseen: 0 };
    case 'page':
      return withPage(state, message);
    case 'snapshot':
      return withLoads({ ...state, poolNames: message.names }, message.names, message.load);
    default:
      return state.paused ? { ...state, held: state.held + (message.kind === 'events' ? message.events.length : 0) } : live(state, message);
  }
}

/**
 * @param {State} state
 * @param {Extract<Message, { kind: 'stats' | 'pools' | 'output' | 'events' }>} message
 * @returns {State}
 */
function live(state, message) {
  if (message.kind === 'output') {
    const output = withPiece(state.model.output ?? null, message.piece);
    return output === state.model.output ? state : { ...state, model: { ...state.model, output } };
  }
  if (message.kind === 'stats') return withStats(state, message.stats, message.now);
  if (message.kind === 'pools') {
    return withLoads(
      state,
      message.changed.map(([index]) => state.poolNames[index] ?? ''),
      message.changed.map(([, load]) => load),
    );
  }
  return withEvents(state, message.events);
}

/** @param {State} state @param {StatsWire} stats @param {number} now @returns {State} */
function withStats(state, stats, now) {
  if (!state.model.stats) return { ...state, at: stats.at };
  return { ...state, at: stats.at, model: { ...state.model, stats, history: addSample(state.model.history ?? [], sampleOf(stats, now)) } };
}

/** @param {State} state @param {readonly string[]} names @param {readonly number[]} loads @returns {State} */
function withLoads(state, names, loads) {
  const loadOf = new Map(names.map((name, index) => [name, loads[index] ?? 0]));
  const update = (/** @type {PoolWire} */ pool) => {
    const load = loadOf.get(pool.name);
    return load === undefined || load === pool.current_load ? pool : { ...pool, current_load: load };
  };
  const { pools, pool } = state.model;
  return { ...state, model: { ...state.model, ...(pools ? { pools: pools.map(update) } : {}), ...(pool ? { pool: update(pool) } : {}) } };
}

/** Rows that are on the page follow their task at once; what is new on the list comes with the next reading. @param {State} state @param {readonly EventFrame[]} events @returns {State} */
function withEvents(state, events) {
  const last = events.at(-1);
  if (!last) return state;
  const next = { ...state, at: last.at ?? state.at };
  const { tasks } = state.model;
  if (!tasks) return next;
  const shown = new Set(tasks.map((task) => task.id));
  const byTask = new Map(
    events.flatMap((event) => (event.task_id && shown.has(event.task_id) && statusAfter(event.event_type) ? [[event.task_id, event]] : [])),
  );
  if (byTask.size === 0) return next;
  return { ...next, model: { ...state.model, tasks: tasks.map((task) => withEvent(task, byTask.get(task.id))) } };
}

/** @param {TaskWire} task @param {EventFrame | undefined} event @returns {TaskWire} */
function withEvent(task, event) {
  const status = event && statusAfter(event.event_type);
  if (!event || !status) return task;
  const isWaiting = status === 'queued' || status === 'delayed';
  return { ...task, status, worker_id: event.pool ?? task.worker_id, reason: isWaiting ? (task.reason ?? null) : null };
}

/** @param {State} state @param {Extract<Message, { kind: 'page' }>} message @returns {State} */
function withPage(state, { shell, model, hold }) {
  const { tasks: fresh, history } = model;
  const { tasks: shown } = state.model;
  const next = {
    ...state,
    shell,
    at: shell.now,
    held: 0,
    unseen: 0,
    model: {
      ...model,
      ...(history && state.model.history ? { history: longer(state.model.history, history) } : {}),
      ...(model.output && state.model.output ? { output: further(state.model.output, model.output) } : {}),
    },
  };
  if (!hold || !fresh || !shown) return next;
  const { tasks, unseen } = holdRows(shown, fresh);
  return { ...next, unseen, unseenIsCapped: unseen > 0 && unseen === fresh.length, model: { ...next.model, tasks } };
}

/**
 * Rows in the order they stand, with the newest values; rows that are new are only counted.
 * @param {readonly TaskWire[]} shown
 * @param {readonly TaskWire[]} fresh
 */
export function holdRows(shown, fresh) {
  const byId = new Map(fresh.map((task) => [task.id, task]));
  const known = new Set(shown.map((task) => task.id));
  return { tasks: shown.map((task) => byId.get(task.id) ?? task), unseen: fresh.filter((task) => !known.has(task.id)).length };
}

/** The page's own readings are denser than the server's. @template T @param {readonly T[]} own @param {readonly T[]} other */
function longer(own, other) {
  return own.length >= other.length ? own : other;
}
