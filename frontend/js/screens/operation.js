import { operationPart } from '../views/operation.js';

/** @type {import('../live-regions.js').Regions} */
export const regions = { operation: operationPart };
