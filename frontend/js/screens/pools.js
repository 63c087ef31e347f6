import { heatMap, poolsTable } from '../views/pools.js';

/** @type {import('../live-regions.js').Regions} */
export const regions = { heat: (model) => heatMap(model.pools), 'pools-table': poolsTable };
