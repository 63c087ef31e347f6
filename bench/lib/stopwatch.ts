import type { Sample } from './rounds.ts';

/** Time and CPU time of this process from now on. */
export function startStopwatch(): { readonly per: (operations: number) => Sample } {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  return {
    /** Rate and CPU time, for so many operations. */
    per(operations) {
      const seconds = (performance.now() - startedMs) / 1_000;
      const { user, system } = process.cpuUsage(cpu);
      return { rate: operations / seconds, cpu: (user + system) / operations };
    },
  };
}

/** Units of what a stopwatch gives, for operations of that name. */
export function stopwatchUnits(operation: string): Readonly<Record<string, string>> {
  return { rate: `${operation}/s`, cpu: `CPU us/${operation}` };
}
