import { taskList } from '../views/tasks.js';

/** @type {import('../live-regions.js').Regions} */
export const regions = { tasks: taskList };
