import { taskPart } from '../views/task.js';

/** @type {import('../live-regions.js').Regions} */
export const regions = { task: taskPart };
