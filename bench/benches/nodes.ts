import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, payload } from '../lib/bench.ts';
import { compiled } from '../lib/build.ts';
import { nodeFlags, runInChild, stopSignal } from '../lib/child.ts';
import { measuresOf } from '../lib/measures.ts';
import { pause, startProgram, threadSecondsOf } from '../lib/processes.ts';
import { startNodeServer } from '../lib/product.ts';
import { interleave, type Sample } from '../lib/rounds.ts';
import { withFolder } from '../lib/temp.ts';

const slots = 64;
const idleNodes = 1_000;
/** Submits of one request. */
const batch = 5_000;
const units = { rate: 'task/s', 'server cpu': 'CPU us/task', 'worker cpu': 'CPU us/task', 'idle cpu': '% of a core' };

export const nodes: Bench = {
  name: 'nodes',
  summary: `no-op tasks through one trx worker with ${slots} slots over HTTP, against pools of the server itself; and ${idleNodes} idle nodes for 30 s`,
  async run({ rounds, tasks = 50_000, seconds = 30 }) {
    const ours = {
      name: 'taskrouterx',
      run: async () => ({
        ...(await withFolder((folder) => drain(folder, tasks))),
        ...(await withFolder((folder) => beIdle(folder, seconds))),
      }),
    };
    const local = {
      name: `${slots} slots of the server itself`,
      run: () => runInChild('bench/contestants/engine-drain.ts', { tasks, payload, slots }),
    };
    return measuresOf('nodes', await interleave([ours, local], rounds), ours.name, units);
  },
};

/** Tasks that wait because the pool is paused; then it is opened, and the clock runs until the last end is committed. */
async function drain(folder: string, tasks: number): Promise<Sample> {
  const server = await startNodeServer(folder);
  const api = `${server.url}/api/v1`;
  const handlers = join(folder, 'handlers');
  mkdirSync(handlers);
  writeFileSync(join(handlers, 'noop.mjs'), 'export const shared = true;\nexport default () => null;\n');
  const flags = ['--server', server.url, '--pool', 'far', '--types', 'noop', '--slots', `${slots}`, '--handlers', handlers];
  const isThere = async () => ((await json(`${api}/nodes`)) as { nodes: unknown[] }).nodes.length === 1;
  const worker = await startProgram(process.execPath, [...nodeFlags(), compiled('src/cli/main.ts'), 'worker', ...flags], {}, isThere);
  try {
    for (let sent = 0; sent < tasks; sent += batch)
      await send('POST', `${api}/tasks/batch`, Array(Math.min(batch, tasks - sent)).fill({ type: 'noop', payload }));
    const before = { server: server.cpuSeconds(), worker: worker.cpuSeconds(), ms: performance.now() };
    await send('PATCH', `${api}/pools/far`, { state: 'active' });
    while (((await json(`${api}/system/stats`)) as { tasks_completed: number }).tasks_completed < tasks) await pause(20);
    return {
      rate: (tasks / (performance.now() - before.ms)) * 1_000,
      'server cpu': ((server.cpuSeconds() - before.server) * 1e6) / tasks,
      'worker cpu': ((worker.cpuSeconds() - before.worker) * 1e6) / tasks,
    };
  } finally {
    await worker.stop(stopSignal());
    await server.stop(stopSignal());
  }
}

async function beIdle(folder: string, seconds: number): Promise<Sample> {
  const server = await startNodeServer(folder);
  const child = runInChild<null>('bench/contestants/idle-nodes.ts', { url: server.url, nodes: idleNodes, seconds: seconds + 15 });
  try {
    while (((await json(`${server.url}/api/v1/nodes`)) as { nodes: unknown[] }).nodes.length < idleNodes) await pause(200);
    await pause(5_000);
    const before = threadSecondsOf(server.pid);
    await pause(seconds * 1_000);
    return { 'idle cpu': ((threadSecondsOf(server.pid) - before) / seconds) * 100 };
  } finally {
    await server.stop(stopSignal());
    await child;
  }
}

async function send(method: string, url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

async function json(url: string): Promise<unknown> {
  const answer = await fetch(url);
  return answer.json();
}
