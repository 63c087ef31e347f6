/**
 * The parts of each screen that are drawn again when something changed: name of the `data-live` element -> view of the screen's model.
 * What is not listed stays as it was painted.
 */
import { algorithmPicker } from './algorithms.js';
import { html } from './html.js';
import { logList } from './log.js';
import { firstRun, poolsPart, recentTasks, statistics } from './overview.js';
import { poolHead, poolTasks } from './pool.js';
import { heatMap, poolsTable } from './pools.js';
import { simulationProgress } from './simulate.js';
import { taskPart } from './task.js';
import { taskList } from './tasks.js';

/** @typedef {import('./html.js').Html} Html */

/**
 * A model as it came over the wire: which screen it belongs to was checked by the name beside it.
 * @typedef {any} Loose
 */
// biome-ignore-all lint/suspicious/noExplicitAny: see Loose

/** @type {Readonly<Record<string, Readonly<Record<string, (model: Loose) => Html>>>>} */
export const regions = {
  overview: {
    'first-run': (model) => firstRun(model.stats),
    stats: statistics,
    pools: poolsPart,
    run: (model) => (model.simulation ? simulationProgress(model) : html``),
    algorithm: algorithmPicker,
    recent: recentTasks,
  },
  pools: { heat: (model) => heatMap(model.pools), 'pools-table': poolsTable },
  pool: { 'pool-head': (model) => poolHead(model.pool), 'pool-tasks': poolTasks },
  tasks: { tasks: taskList },
  task: { task: taskPart },
  simulate: { run: (model) => (model.simulation ? simulationProgress(model) : html``) },
  logs: { log: logList },
  algorithms: {},
  'task-form': {},
};

/** Regions with rows that someone may be reading: new rows wait while pointer or focus is inside. */
export const lists = ['recent', 'tasks', 'pool-tasks', 'log'];

