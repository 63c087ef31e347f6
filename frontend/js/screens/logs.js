import { logList } from '../views/log.js';

/** @type {import('../live-regions.js').Regions} */
export const regions = { log: logList };
