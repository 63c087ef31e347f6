/** Questions to the decision core alone. */
import { explain } from '../explain.ts';
import type { Metric } from '../metric.ts';

export function run(options: { readonly waiting: number }): Promise<Metric[]> {
  return explain(options);
}
