import { nothing } from '../views/html.js';
import { simulationProgress } from '../views/run.js';

/** @type {import('../live-regions.js').Regions} */
export const regions = { run: (model) => (model.simulation ? simulationProgress(model) : nothing) };
