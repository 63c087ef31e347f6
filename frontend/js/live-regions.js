/**
 * The parts of each screen that are drawn again when something changed: name of the `data-live` element -> view of the screen's model. What is
 * not listed stays as it was painted. A screen's views are loaded with it and not before.
 */

/**
 * A model as it came over the wire: which screen it belongs to was checked by the name beside it.
 * @typedef {any} Loose
 */

/** @typedef {Readonly<Record<string, (model: Loose) => import('./views/html.js').Html>>} Regions */

/** @type {Readonly<Record<string, () => Promise<{ regions: Regions }>>>} */
const screens = {
  overview: () => import('./screens/overview.js'),
  pools: () => import('./screens/pools.js'),
  pool: () => import('./screens/pool.js'),
  tasks: () => import('./screens/tasks.js'),
  task: () => import('./screens/task.js'),
  simulate: () => import('./screens/simulate.js'),
  replays: () => import('./screens/replays.js'),
  replay: () => import('./screens/replay.js'),
  operation: () => import('./screens/operation.js'),
  logs: () => import('./screens/logs.js'),
};

/** Screens that follow the stream without a part of their own to redraw: the header does. */
const quiet = ['algorithms', 'task-form', 'activation', 'quotas', 'keys', 'bulk'];

/**
 * @param {string} screen
 * @returns {Promise<Regions | undefined>} undefined for a page that is not live
 */
export async function regionsOf(screen) {
  const load = Object.hasOwn(screens, screen) ? screens[screen] : undefined;
  if (load) return (await load()).regions;
  return quiet.includes(screen) ? {} : undefined;
}

/** Regions with rows that someone may be reading: new rows wait while pointer or focus is inside. */
export const lists = ['recent', 'tasks', 'pool-nodes', 'pool-tasks', 'log'];
