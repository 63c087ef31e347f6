import { nothing } from '../views/html.js';
import { nodesTable } from '../views/nodes.js';
import { poolHead, poolTasks } from '../views/pool.js';

/** @type {import('../live-regions.js').Regions} */
export const regions = {
  'pool-head': (model) => poolHead(model.pool),
  'pool-nodes': (model) => (model.nodes === null ? nothing : nodesTable(model)),
  'pool-tasks': poolTasks,
};
