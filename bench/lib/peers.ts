import { postgresMissing, startPostgres } from '../peers/postgres.ts';
import { redisMissing, startRedis } from '../peers/redis.ts';
import { type RunOptions, runInChild } from './child.ts';
import type { Contestant } from './rounds.ts';
import { withFolder } from './temp.ts';

/** BullMQ as a contestant, with a fresh Redis for every run; none, with the reason printed, where Redis is missing. */
export function bullmq(options: RunOptions): readonly Contestant[] {
  return unlessMissing('BullMQ', redisMissing(), () =>
    withFolder(async (folder) => {
      const redis = await startRedis(folder);
      try {
        return await runInChild('bench/contestants/bullmq.ts', { ...options, port: redis.port });
      } finally {
        await redis.stop();
      }
    }),
  );
}

/** graphile-worker as a contestant, with a fresh cluster for every run. */
export function graphile(options: RunOptions): readonly Contestant[] {
  return unlessMissing('graphile-worker', postgresMissing(), () =>
    withFolder(async (folder) => {
      const postgres = await startPostgres(folder);
      try {
        return await runInChild('bench/contestants/graphile.ts', { ...options, url: postgres.url });
      } finally {
        await postgres.stop();
      }
    }),
  );
}

function unlessMissing(name: string, missing: string | undefined, run: Contestant['run']): readonly Contestant[] {
  if (missing === undefined) return [{ name, run }];
  console.error(`skipped: ${name}, because ${missing}`);
  return [];
}
