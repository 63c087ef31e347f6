import { replayPart } from '../views/replay.js';

/** @type {import('../live-regions.js').Regions} */
export const regions = { replay: replayPart };
