import { runPart } from '../views/run.js';

/** @type {import('../live-regions.js').Regions} */
export const regions = { run: runPart };
