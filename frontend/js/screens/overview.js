import { algorithmPicker } from '../views/algorithm-picker.js';
import { firstRun, poolsPart, recentTasks, statistics } from '../views/overview-parts.js';
import { runPart } from '../views/run.js';

/** @type {import('../live-regions.js').Regions} */
export const regions = {
  'first-run': (model) => firstRun(model.stats),
  stats: statistics,
  pools: poolsPart,
  run: runPart,
  algorithm: algorithmPicker,
  recent: recentTasks,
};
