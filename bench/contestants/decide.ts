/** The decision core alone, with its baselines in the same process. */
import { decide } from '../decide.ts';
import type { Metric } from '../metric.ts';

export function run({ waiting }: { readonly waiting: number }): Promise<Metric[]> {
  return decide({ waiting });
}
