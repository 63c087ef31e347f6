import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createSeededRandom } from '../../src/core/replay/seeded-random.ts';
import { apiClient } from '../helpers/api-client.ts';
import { newLedger, runClient, submitWith } from '../helpers/crash-clients.ts';
import { inspectDatabase } from '../helpers/inspect-database.ts';
import { breath, type ServerProcess, spawnServer, startServer, tempFolder, untilReady } from '../helpers/server-process.ts';

/** 40 in every run; `KILLS=200 npm run e2e -- crash` for the long one. */
const kills = Number(process.env['KILLS'] ?? 40);
const seed = process.env['SEED'] ?? String(Date.now());
const clients = 4;
const mostMsBeforeKill = 600;

const folder = tempFolder('crash');
afterAll(() => folder.remove());

/** Quick pools, so that in every life of the server tasks are waiting, running, backing off and ended. */
function quickCatalogue(): string {
  const pool = (region: string) => ({
    ...{ name: `${region}-cpu-pool`, region, resource_type: 'cpu', cost_per_unit: 0.5, capacity: 20, executor: 'simulated' },
    ...{ types: ['order', 'query'], simulated: { latency_ms: [1, 80], failure_ratio: 0.05, seed: 1 } },
  });
  const file = join(folder.path, 'catalogue.json');
  const local = {
    name: 'local',
    region: 'us-east',
    resource_type: 'cpu',
    cost_per_unit: 0.1,
    capacity: 2,
    executor: 'function',
    types: ['*'],
  };
  const type = (name: string) => ({ name, description: name, max_attempts: 3, timeout_ms: 5_000 });
  writeFileSync(file, JSON.stringify({ pools: [pool('us-east'), pool('eu-west'), local], types: [type('order'), type('query')] }));
  return file;
}

async function untilAllEnded(server: ServerProcess): Promise<void> {
  for (;;) {
    const stats = await (await fetch(`${server.url}/api/v1/system/stats`)).json();
    const { delayed, queued, processing } = (stats as { tasks_by_status: Record<'delayed' | 'queued' | 'processing', number> })
      .tasks_by_status;
    if (delayed + queued + processing === 0) return;
    await breath();
  }
}

/** Every decision of every life of the server made once more on what it was told then. */
async function proofOf({ url }: ServerProcess): Promise<unknown> {
  const api = apiClient(url);
  const { body, status } = await api.send('POST', '/api/v1/replays', { strategies: ['fifo'] });
  expect(status, JSON.stringify(body)).toBe(202);
  const ended = await api.until(`/api/v1/replays/${String(body['id'])}`, ({ status }) => status !== 'running');
  expect(ended).toMatchObject({ status: 'completed', error: null });
  return (ended['result'] as { proof: unknown }).proof;
}

it(`loses nothing and records nothing twice over ${kills} kill -9 under load`, { timeout: kills * 8_000 + 60_000 }, async () => {
  const random = createSeededRandom(seed);
  const ledger = newLedger();
  const env = { TRX_CATALOG: quickCatalogue() };
  const readyMs: number[] = [];

  for (let round = 0; round < kills; round++) {
    const server = await spawnServer({ dataDir: folder.path, env });
    readyMs.push(await untilReady(server));
    const load = Array.from({ length: clients }, (_, i) => runClient(server.url, `${seed}-${round}-${i}`, ledger));
    setTimeout(() => server.child.kill('SIGKILL'), random.next() * mostMsBeforeKill);
    expect(await server.exited(), server.output()).toBeNull();
    await Promise.all(load);
  }

  const server = await startServer({ dataDir: folder.path, env });
  for (const [key, body] of ledger.unknown) await submitWith(server.url, key, body, ledger);
  await untilAllEnded(server);
  const proof = await proofOf(server);
  expect(await server.kill('SIGTERM'), server.output()).toBe(0);

  const found = await inspectDatabase(folder.path);
  const context = `seed ${seed}, ${ledger.acknowledged.size} acknowledged, ${ledger.unknown.size} unknown, slowest start ${Math.max(...readyMs)} ms`;
  expect(ledger.surprises, context).toEqual([]);
  expect(found.violations, context).toEqual([]);
  expect(
    [...ledger.acknowledged].filter((id) => !found.statusOf.has(id)),
    context,
  ).toEqual([]);
  expect(
    [...found.statusOf].filter(([, status]) => !['completed', 'failed', 'cancelled'].includes(status)),
    context,
  ).toEqual([]);
  expect(
    [...ledger.cancelled].filter((id) => found.statusOf.get(id) === 'completed'),
    context,
  ).toEqual([]);
  expect(proof, context).toMatchObject({ outcome: 'proved', difference: null, reason: null });
  expect(found.statusOf.size, 'every task was asked for by exactly one key').toBe(ledger.byKey.size);
});
