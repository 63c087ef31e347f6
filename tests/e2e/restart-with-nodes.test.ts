import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { freePort, type ServerProcess, startServer, tempFolder } from '../helpers/server-process.ts';
import { spawnWorker, writeHandlers } from '../helpers/worker-process.ts';

const data = tempFolder('bundles-on-nodes');
/** One for each worker that runs bundles. */
const runDirs = ['eu-1', 'eu-4'].map((id) => mkdtempSync(join(tmpdir(), `trx-e2e-${id}-`)));
const catalogue = join(data.path, 'catalogue.json');
const far = { name: 'far', region: 'us-east', resource_type: 'cpu', cost_per_unit: 0.1, executor: 'node', types: ['*'] };
writeFileSync(catalogue, JSON.stringify({ pools: [far], types: [{ name: 'bundle', bundle: {} }, { name: 'hold' }] }));
const port = await freePort();
const start = () => startServer({ dataDir: data.path, port, env: { TRX_CATALOG: catalogue } });
let server: ServerProcess = await start();
/** Whoever runs bundles on nodes needs a sandbox; that of the server says whether there is one here. */
const { reason } = (await json('/health')).sandbox;
const host = { server: '127.0.0.1', prefix: [] };
/** The first has room for a bundle and for one of two parts, the second for the other. */
const bundleWorkers = runDirs.flatMap((runDir, i) => {
  const [id, slots] = i === 0 ? ['eu-1', 2] : ['eu-4', 1];
  const work = ['--bundles', 'bundle', '--run-dir', runDir];
  return reason === null ? [spawnWorker({ id, host, port, pool: 'far', slots, work })] : [];
});
/** Two that run handlers, and what happened in each. */
const hands = ['eu-2', 'eu-3'].map((id) => {
  const { handlers, ...gate } = writeHandlers(data.path, id);
  const worker = spawnWorker({ id, host, port, pool: 'far', slots: 2, work: ['--handlers', handlers, '--types', 'hold'] });
  return { id, worker, ...gate };
});
const workers = [...bundleWorkers, ...hands.map(({ worker }) => worker)];
const soon = { timeout: 20_000 };
let bundle = { id: '', child: '' };
let gang = '';
let bundleGang = '';

afterAll(async () => {
  for (const { child } of workers) child.kill('SIGTERM');
  await Promise.all(workers.map(({ gone }) => gone));
  await server.kill('SIGTERM');
  data.remove();
  for (const runDir of runDirs) rmSync(runDir, { recursive: true, force: true });
});

it('a server is killed while nodes run what it gave them, and the next one finds all of it', { timeout: 60_000 }, async () => {
  if (reason === null) {
    await expect.poll(async () => (await json('/nodes?type=bundle')).nodes.length, soon).toBe(2);
    bundle = await startBundle();
    bundleGang = await startBundleGang();
  }
  await expect.poll(async () => (await json('/nodes?type=hold')).nodes.length, soon).toBe(2);
  const body = JSON.stringify({ type: 'hold', payload: 'done', parts: 3 });
  gang = (await json('/tasks', { method: 'POST', body, headers: { 'content-type': 'application/json' } })).id;
  await expect.poll(() => words('began'), soon).toHaveLength(3);
  await server.kill('SIGKILL');
  server = await start();
  for (const id of [gang, bundle.id, bundleGang])
    if (id !== '') expect(await json(`/tasks/${id}`)).toMatchObject({ status: 'processing', attempt: 1 });
});

/** Attempts of parts of which the workers wrote this down. */
function words(word: string): number[] {
  return hands.flatMap(({ diary }) => diary().flatMap((line) => (line.word === word ? [line.attempt] : [])));
}

async function startBundle(): Promise<{ id: string; child: string }> {
  const form = new FormData();
  const script = 'echo "began $ATTEMPT"; echo half > half; while [ ! -e go ]; do sleep 0.05; done; echo done > whole; echo ended';
  form.set('tasks', '[{"type":"bundle"},{"type":"bundle","depends_on":[{"task":0,"name":"first"}]}]');
  form.append('files[0]', new Blob([script]), 'run.sh');
  form.append('files[1]', new Blob(['cat $TRX_PARENTS/first/whole']), 'run.sh');
  const [id, child] = (await json('/jobs/batch', { method: 'POST', body: form })).results.map((result: { id: string }) => result.id);
  await expect.poll(async () => (await json(`/tasks/${id}/output`)).stdout?.text, soon).toBe('began 1\n');
  return { id, child };
}

async function startBundleGang(): Promise<string> {
  const form = new FormData();
  form.set('type', 'bundle');
  form.set('parts', '2');
  const script = 'echo "began $PART of $PARTS"; while [ ! -e go ]; do sleep 0.05; done; echo $PART > mine; echo ended';
  form.append('files', new Blob([script]), 'run.sh');
  const { id } = await json('/jobs', { method: 'POST', body: form });
  for (const part of [0, 1])
    await expect.poll(async () => (await json(`/tasks/${id}/output?part=${part}`)).stdout?.text, soon).toBe(`began ${part} of 2\n`);
  return id;
}

/** Where a worker has the work of a task. */
function openGateOf(task: string, runDir: string): void {
  const folder = readdirSync(runDir).find((name) => name.startsWith(task)) ?? '';
  writeFileSync(join(runDir, folder, 'work', 'go'), '');
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
async function json(path: string, init: RequestInit = {}): Promise<any> {
  return (await fetch(`${server.url}/api/v1${path}`, { ...init, headers: { accept: 'application/json', ...init.headers } })).json();
}

const skipped = reason === null ? '' : ` (skipped: ${reason})`;
it.skipIf(reason !== null)(
  `a bundle on a node outlives the server: it is adopted, leaves its files once, and ends once${skipped}`,
  async () => {
    const { id, child } = bundle;
    expect(await json(`/tasks/${id}`)).toMatchObject({ status: 'processing', attempt: 1, node_id: 'eu-1' });
    const leases = async () => (await json('/nodes/eu-1')).leases?.map((lease: { task_id: string }) => lease.task_id).sort();
    await expect.poll(leases, soon).toEqual([id, bundleGang].sort());
    await expect.poll(async () => (await json('/nodes/eu-1')).state, soon).toBe('live');
    openGateOf(id, runDirs[0] ?? '');

    const ended = (task: string) => json(`/tasks/${task}`, { headers: { prefer: 'wait=30' } });
    expect(await ended(child)).toMatchObject({ status: 'completed', attempt: 1 });
    expect(await ended(id)).toMatchObject({ status: 'completed', attempt: 1, result: { exit_status: 0, files: 4 } });
    expect((await json(`/tasks/${child}/output`)).stdout.text).toBe('done\n');
    expect((await json(`/tasks/${id}/output`)).stdout).toMatchObject({ text: 'began 1\nended\n', bytes: 14 });
    const { logs, attempts } = await json(`/tasks/${id}/log`);
    expect(logs.map((row: { event_type: string }) => row.event_type)).toEqual(['created', 'scheduled', 'completed']);
    expect(attempts).toMatchObject([{ attempt: 1, node_id: 'eu-1', outcome: 'succeeded' }]);
    const files = join(data.path, 'files');
    expect([readdirSync(join(files, 'result', id)), readdirSync(join(files, 'incoming'))]).toEqual([['1'], []]);
  },
);

it.skipIf(reason !== null)(
  `a bundle in two parts on two nodes outlives the server: each leaves its own, and they end once${skipped}`,
  async () => {
    const id = bundleGang;
    const { placement_nodes: nodes } = await json(`/tasks/${id}`);
    expect([...nodes].sort()).toEqual(['eu-1', 'eu-4']);
    for (const node of nodes) await expect.poll(async () => (await json(`/nodes/${node}`)).state, soon).toBe('live');
    for (const runDir of runDirs) openGateOf(id, runDir);
    const ended = await json(`/tasks/${id}`, { headers: { prefer: 'wait=30' } });
    expect(ended).toMatchObject({
      status: 'completed',
      attempt: 1,
      result: [{ exit_status: 0 }, { exit_status: 0 }],
      placement_nodes: nodes,
    });
    for (const part of [0, 1]) {
      expect((await json(`/tasks/${id}/output?part=${part}`)).stdout.text).toBe(`began ${part} of 2\nended\n`);
      expect(await (await fetch(`${server.url}/api/v1/tasks/${id}/files/parts/${part}/mine`)).text()).toBe(`${part}\n`);
    }
    const { attempts } = await json(`/tasks/${id}/log`);
    expect(attempts).toMatchObject([{ attempt: 1, outcome: 'succeeded' }]);
  },
);

it('parts on two nodes outlive the server: all are adopted, none is stopped, and they end once', async () => {
  const { placement_nodes: nodes, ...task } = await json(`/tasks/${gang}`);
  expect([...new Set(nodes)].sort()).toEqual(['eu-2', 'eu-3']);
  expect(task).toMatchObject({ status: 'processing', attempt: 1, parts: 3 });
  for (const { id } of hands) await expect.poll(async () => (await json(`/nodes/${id}`)).state, soon).toBe('live');
  hands[0]?.openGate();
  const ended = await json(`/tasks/${gang}`, { headers: { prefer: 'wait=30' } });
  expect(ended).toMatchObject({ status: 'completed', attempt: 1, result: ['done', 'done', 'done'], placement_nodes: nodes });
  expect([words('began'), words('stopped'), words('ended')]).toEqual([[1, 1, 1], [], [1, 1, 1]]);
});
