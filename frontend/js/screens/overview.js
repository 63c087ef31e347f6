import { algorithmPicker } from '../views/algorithm-picker.js';
import { nothing } from '../views/html.js';
import { firstRun, poolsPart, recentTasks, statistics } from '../views/overview-parts.js';
import { simulationProgress } from '../views/run.js';

/** @type {import('../live-regions.js').Regions} */
export const regions = {
  'first-run': (model) => firstRun(model.stats),
  stats: statistics,
  pools: poolsPart,
  run: (model) => (model.simulation ? simulationProgress(model) : nothing),
  algorithm: algorithmPicker,
  recent: recentTasks,
};
