import { payload } from './bench.ts';
import { stopSignal } from './child.ts';
import { type Load, post } from './load.ts';
import { pause } from './processes.ts';
import type { Server } from './product.ts';
import type { Contestant, Sample } from './rounds.ts';
import { withFolder } from './temp.ts';

export const task = { type: 'noop', payload };

interface HttpLoad extends Pick<Load, 'body' | 'connections' | 'seconds'> {
  readonly path: string;
  /** Tasks in one request. */
  readonly tasks: number;
}

/** Long enough for the compiler to have met everything; what was measured begins after it. */
const warmUpSeconds = 3;

/** A server under load, started anew for every run. CPU time is the server's alone. */
export function underLoad(name: string, start: (folder: string) => Promise<Server>, load: HttpLoad): Contestant {
  return {
    name,
    run: () =>
      withFolder(async (folder) => {
        const server = await start(folder);
        try {
          return await measure(server, load);
        } finally {
          await server.stop(stopSignal());
        }
      }),
  };
}

async function measure(server: Server, { path, tasks, seconds, ...load }: HttpLoad): Promise<Sample> {
  const url = `${server.url}${path}`;
  await post({ ...load, url, seconds: warmUpSeconds });
  await pause(200);
  const cpuBefore = server.cpuSeconds();
  const { requests, requestsPerSecond } = await post({ ...load, url, seconds });
  const cpu = server.cpuSeconds() - cpuBefore;
  return { rate: requestsPerSecond * tasks, cpu: (cpu * 1e6) / (requests * tasks) };
}
