import type { Metric } from '../metric.ts';

/** What `npm run bench -- NAME` takes beside the name. A bench reads what concerns it. */
export interface BenchOptions {
  /** Interleaved rounds. */
  readonly rounds: number;
  /** Tasks of one run, where a bench works on a number of them. */
  readonly tasks: number | undefined;
  /** Length of one run, where a bench works for a time. */
  readonly seconds: number | undefined;
  /** Names of strategies, or `all`. */
  readonly strategies: readonly string[] | undefined;
  /** Also the sizes that take minutes and gigabytes. */
  readonly large: boolean;
}

export interface Bench {
  readonly name: string;
  readonly summary: string;
  readonly run: (options: BenchOptions) => Promise<readonly Metric[]>;
}

/** What every task of a bench carries. */
export const payload = { order: 'A-1027', items: 3 };
