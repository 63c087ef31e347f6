import { poolHead, poolTasks } from '../views/pool.js';

/** @type {import('../live-regions.js').Regions} */
export const regions = { 'pool-head': (model) => poolHead(model.pool), 'pool-tasks': poolTasks };
