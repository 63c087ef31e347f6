/** The decision core alone, with its baselines in the same process. */
import { decide } from '../decide.ts';
import type { Metric } from '../metric.ts';

export function run(options: { readonly waiting: number; readonly strategies?: readonly string[] }): Promise<Metric[]> {
  return decide(options);
}
