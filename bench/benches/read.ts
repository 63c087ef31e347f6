import { cpSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import type { Bench } from '../lib/bench.ts';
import { runInChild } from '../lib/child.ts';
import { measuresOf } from '../lib/measures.ts';
import { pause } from '../lib/processes.ts';
import { startProduct } from '../lib/product.ts';
import { interleave, type Sample } from '../lib/rounds.ts';
import { quantile } from '../lib/statistics.ts';
import { withFolder } from '../lib/temp.ts';

const submitsPerSecond = 500;
/** Between two reads: one does not stand in the queue that the other made. */
const gapMs = 5;

/** What is read, in turns. Nine tasks in ten have ended, the rest waits. Kept counters know how many each page is of, but for the last. */
const reads = {
  stats: () => '/system/stats',
  'newest page': () => '/tasks',
  'filtered page': () => '/tasks?status=completed&region=us-east',
  'one task': (ids: readonly string[], turn: number) => `/tasks/${ids[turn % ids.length]}`,
  'page of one pool': () => '/tasks?pool=pool-3',
} satisfies Record<string, (ids: readonly string[], turn: number) => string>;

const units = Object.fromEntries(Object.keys(reads).flatMap((what) => ['p50', 'p99'].map((share) => [`${what} ${share}`, 'ms'])));

export const read: Bench = {
  name: 'read',
  summary: `stats, newest page, filtered page and one task under ${submitsPerSecond} submits/s, at 1M tasks against 10k (--large: also 10M)`,
  run: ({ rounds, seconds = 20, large }) =>
    withFolder(async (folder) => {
      const sizes = [10_000, 1_000_000, ...(large ? [10_000_000] : [])];
      for (const size of sizes) {
        const dataDir = join(folder, `${size}`, 'data');
        await runInChild('bench/contestants/fill.ts', { dataDir, finished: size * 0.9, queued: size * 0.1 });
      }
      const contestants = sizes.map((size) => ({ name: `${size} tasks`, run: () => readFrom(join(folder, `${size}`), seconds) }));
      const samples = await interleave(contestants, rounds);
      const [small = '', ...rest] = contestants.map(({ name }) => name);
      return rest.flatMap((name) => {
        const pair = new Map([small, name].map((each) => [each, samples.get(each) ?? []]));
        return measuresOf('read', pair, name, units).map((measure) => ({ ...measure, metric: `${name}: ${measure.metric}` }));
      });
    }),
};

function readFrom(filled: string, seconds: number): Promise<Sample> {
  return withFolder(async (folder) => {
    cpSync(filled, folder, { recursive: true }); // every run begins with the same rows
    const server = await startProduct(folder, { pools: 'paused' });
    const agent = new Agent({ keepAlive: true });
    try {
      const warmUpSeconds = 2;
      const submits = runInChild('bench/contestants/steady-submits.ts', {
        url: server.url,
        rate: submitsPerSecond,
        seconds: seconds + warmUpSeconds,
      });
      const ids = await someIds(server.url);
      await readFor(server.url, agent, ids, warmUpSeconds);
      const times = await readFor(server.url, agent, ids, seconds);
      await submits;
      return Object.fromEntries(
        [...times].flatMap(([what, values]) => [
          [`${what} p50`, quantile(values, 0.5)],
          [`${what} p99`, quantile(values, 0.99)],
        ]),
      );
    } finally {
      agent.destroy();
      await server.stop('SIGKILL');
    }
  });
}

/** Tasks from all over the table, so that not one page of it answers for all. */
async function someIds(url: string): Promise<readonly string[]> {
  const { tasks } = await json(`${url}/api/v1/tasks?limit=1`);
  const newest = tasks[0]?.seq ?? 1;
  const pages = await Promise.all(
    Array.from({ length: 200 }, (_, i) => json(`${url}/api/v1/tasks?seq=${Math.ceil((newest * (i + 1)) / 200)}`)),
  );
  return pages.flatMap((page) => page.tasks.map((task) => task.id));
}

async function json(url: string): Promise<{ readonly tasks: readonly { readonly id: string; readonly seq: number }[] }> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Awaited<ReturnType<typeof json>>;
}

/** One read after the other at a steady pace, each kind in its turn. @returns milliseconds from request to the end of the answer */
async function readFor(url: string, agent: Agent, ids: readonly string[], seconds: number): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(Object.keys(reads).map((what) => [what, []]));
  const kinds = Object.entries(reads);
  const endMs = performance.now() + seconds * 1_000;
  for (let turn = 0; performance.now() < endMs; turn++) {
    const kind = kinds[turn % kinds.length];
    if (kind === undefined) break;
    const [what, pathOf] = kind;
    const startedMs = performance.now();
    await readOne(`${url}/api/v1${pathOf(ids, turn)}`, agent);
    times.get(what)?.push(performance.now() - startedMs);
    await pause(gapMs);
  }
  return times;
}

function readOne(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      response.resume().on('end', resolve);
    });
    sent.on('error', reject);
  });
}
