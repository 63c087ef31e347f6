import { replayList } from '../views/replays.js';

/** @type {import('../live-regions.js').Regions} */
export const regions = { replays: replayList };
