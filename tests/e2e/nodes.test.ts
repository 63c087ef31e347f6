import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { inspectDatabase } from '../helpers/inspect-database.ts';
import { openNetwork } from '../helpers/network.ts';
import { type ServerProcess, startServer, tempFolder } from '../helpers/server-process.ts';
import { spawnWorker, type WorkerProcess, writeHandlers } from '../helpers/worker-process.ts';

const names = ['a', 'b', 'c'] as const;
type Name = (typeof names)[number];
const leaseMs = 2_000;
/** What a busy machine may add to a time that the unit tests check exactly. */
const busyMs = 3_000;
const holds = 6;
const clients = 3;

const folder = tempFolder('nodes');
const network = openNetwork(names.length);
const workers: WorkerProcess[] = [];
let server: ServerProcess | undefined;

afterAll(async () => {
  for (const { child } of workers) child.kill('SIGKILL');
  await server?.kill('SIGKILL');
  network.remove();
  folder.remove();
});

interface Attempt {
  readonly attempt: number;
  readonly node_id: string | null;
  readonly outcome: string | null;
  readonly started_at: string;
  readonly ended_at: string | null;
}

interface NodeView {
  readonly state: string;
  readonly seen_at: string;
  readonly slots_used: number;
  readonly leases: readonly { readonly lease: string; readonly task_id: string; readonly type: string; readonly part: number | null }[];
}

async function startAll() {
  const catalogue = join(folder.path, 'catalogue.json');
  const far = { name: 'far', region: 'us-east', resource_type: 'cpu', cost_per_unit: 0.1, executor: 'node', types: ['*'] };
  writeFileSync(
    catalogue,
    JSON.stringify({ pools: [far], types: [{ name: 'hold', max_attempts: 10, timeout_ms: 600_000 }, { name: 'quick' }] }),
  );
  const addresses = network.hosts.map((host) => host.server).join(',');
  const open = network.why === undefined ? { TRX_HOST: '0.0.0.0', TRX_AUTH: 'off', TRX_HOSTS: addresses } : {};
  const env = { TRX_CATALOG: catalogue, TRX_NODE_LEASE_MS: String(leaseMs), ...open };
  server = await startServer({ dataDir: folder.path, env });
  const { port } = server;
  const url = `${server.url}/api/v1`;
  const nodes = Object.fromEntries(
    names.map((id, i) => {
      const host = network.hosts[i] as (typeof network.hosts)[number]; // one for each name
      const { handlers, ...gate } = writeHandlers(folder.path, id);
      const work = ['--handlers', handlers, '--types', 'hold,quick'];
      const start = () => {
        const worker = spawnWorker({ id, host, port, pool: 'far', slots: 2 * holds, work });
        workers.push(worker);
        return worker;
      };
      return [id, { ...gate, host, start, worker: start() }];
    }),
  ) as Record<
    Name,
    ReturnType<typeof writeHandlers> & { host: (typeof network.hosts)[number]; start(): WorkerProcess; worker: WorkerProcess }
  >;

  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  async function ask(path: string, init?: RequestInit): Promise<any> {
    return (await fetch(`${url}${path}`, init)).json();
  }
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
  const node = (id: string): Promise<NodeView> => ask(`/nodes/${id}`);
  const attemptsOf = async (task: string): Promise<Attempt[]> => (await ask(`/tasks/${task}/log`)).attempts;
  const holdsOf = async (id: string) => (await node(id)).leases.filter(({ type, part }) => type === 'hold' && part === null);
  async function until(what: string, holdsNow: () => Promise<boolean>): Promise<void> {
    for (const from = Date.now(); !(await holdsNow()); await pause(20))
      if (Date.now() - from > 30_000)
        throw new Error(`${what}: not within 30 s\n${workers.map((one) => `${one.id}: ${one.output()}`).join('')}${server?.output()}`);
  }

  return { server, url, nodes, ask, post, node, attemptsOf, holdsOf, until };
}

/** Submits and waits for the end, one after the other, until it is told to stop. */
async function client(post: (path: string, body: unknown, headers: Record<string, string>) => Promise<Response>, isOver: () => boolean) {
  const ids: string[] = [];
  while (!isOver()) {
    const answer = await post('/tasks', { type: 'quick', payload: ids.length, max_attempts: 10 }, { prefer: 'wait=1' });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    ids.push(((await answer.json()) as { id: string }).id);
  }
  return ids;
}

const noCables = network.why === undefined ? '' : ` (skipped: ${network.why})`;
it.skipIf(network.why !== undefined)(`the workers have cables of their own${noCables}`, () => {
  const addresses = network.hosts.map(({ server }) => server);
  expect(new Set([...addresses, '127.0.0.1']).size).toBe(addresses.length + 1);
});

const faults = network.why === undefined ? 'one killed, one stopped past its lease, one cut off' : 'one killed, one stopped past its lease';
it(`three workers under load, ${faults}: every task ends, and none twice`, { timeout: 120_000 }, async () => {
  const { server, url, nodes, ask, post, node, attemptsOf, holdsOf, until } = await startAll();
  const { a, b, c } = nodes;
  const lostIn: Record<string, Name> = {};

  await until('all nodes are there', async () => (await ask('/nodes?type=hold')).nodes.length === names.length);
  let isOver = false;
  const load = Array.from({ length: clients }, () => client(post, () => isOver));
  // One of three parts, on all three of them.
  const gang = ((await (await post('/tasks', { type: 'hold', parts: names.length })).json()) as { id: string }).id;
  await until('the parts are spread', async () => new Set((await ask(`/tasks/${gang}`)).placement_nodes).size === names.length);
  const held: string[] = [];
  for (let i = 0; i < holds; i++) held.push(((await (await post('/tasks', { type: 'hold', payload: i })).json()) as { id: string }).id);
  await until('the work is spread', async () => (await Promise.all(names.map(holdsOf))).every((leases) => leases.length > 0));
  const began = (id: Name) => nodes[id].diary().filter(({ word }) => word === 'began').length;
  await until('it has begun', async () => names.reduce((sum, id) => sum + began(id), 0) === holds + names.length);

  /** What `from` held runs on one of the others, and was lost when its lease was over and not before. */
  async function ranElsewhere(from: Name, leases: readonly { readonly task_id: string }[], seenAt: string): Promise<void> {
    for (const { task_id: task } of leases) {
      await until(`what ${from} held runs elsewhere`, async () => {
        const last = (await attemptsOf(task)).at(-1);
        return last?.outcome === null && last.node_id !== null && last.node_id !== from;
      });
      const attempts = await attemptsOf(task);
      const i = attempts.findLastIndex((one) => one.node_id === from);
      const [lost, next] = attempts.slice(i) as [Attempt, Attempt]; // it held it, and another does now
      expect(lost.outcome).toBe('lost');
      const silentMs = Date.parse(lost.ended_at ?? '') - Date.parse(seenAt);
      expect(silentMs).toBeGreaterThanOrEqual(leaseMs - 1); // two clocks, each rounded
      if (i === 0) expect(Date.parse(next.started_at) - Date.parse(seenAt)).toBeLessThanOrEqual(leaseMs + 1_000 + busyMs);
      lostIn[`${task} ${lost.attempt}`] = from;
    }
  }

  const stoppedIn = (of: typeof b, task: string) => of.diary().some((line) => line.word === 'stopped' && line.task === task);
  const stopped = (of: typeof b, leases: readonly { readonly task_id: string }[]) =>
    leases.every(({ task_id: task }) => stoppedIn(of, task));

  // One is killed, one stopped.
  const [ofA, ofB] = await Promise.all([holdsOf('a'), holdsOf('b')]);
  a.worker.child.kill('SIGKILL');
  b.worker.child.kill('SIGSTOP');
  await until('both are lost', async () => (await ask('/nodes?state=lost')).nodes.length === 2);
  const [lostA, lostB] = await Promise.all([node('a'), node('b')]);
  await ranElsewhere('a', ofA, lostA.seen_at);
  await ranElsewhere('b', ofB, lostB.seen_at);
  await until('the others of its parts stop with it', async () => stoppedIn(c, gang));
  await until('all its parts run again, where nodes are left', async () => {
    const { attempt, placement_nodes: there } = await ask(`/tasks/${gang}`);
    return attempt > 1 && there?.every((id: string) => id === 'c') === true;
  });

  // The stopped one goes on, learns that it lost everything, and stops its work.
  b.worker.child.kill('SIGCONT');
  await until('the stopped one is back', async () => (await node('b')).state === 'live');
  await until('its work is stopped', async () => stopped(b, ofB));

  // One is cut off: it stops its work by itself, and comes back when it can.
  if (network.why === undefined) {
    const ofC = await holdsOf('c');
    expect(ofC.length).toBeGreaterThan(0);
    c.host.unplug();
    await until('the one cut off is lost', async () => (await node('c')).state === 'lost');
    await ranElsewhere('c', ofC, (await node('c')).seen_at);
    await until('it has stopped its work', async () => stopped(c, ofC));
    c.host.plug();
    await until('it is back', async () => (await node('c')).state === 'live');
  }

  // The killed one starts again under its name.
  a.worker = a.start();
  await until('the killed one is back', async () => (await node('a')).state === 'live');

  // Everything ends.
  a.openGate();
  isOver = true;
  const ids = [gang, ...held, ...(await Promise.all(load)).flat()];
  await until('all tasks ended', async () => {
    const { delayed, queued, processing } = (await ask('/system/stats')).tasks_by_status;
    return delayed + queued + processing === 0;
  });
  expect(await ask('/pools/far')).toMatchObject({ current_load: 0 });
  for (const id of names) expect(await node(id)).toMatchObject({ slots_used: 0, leases: [] });
  const ended = names.flatMap((id) => nodes[id].diary()).filter(({ word }) => word === 'ended');
  expect(ended.map(({ task }) => task).sort()).toEqual([...held, ...names.map(() => gang)].sort());
  expect(new Set(ended.filter(({ task }) => task === gang).map(({ attempt }) => attempt)).size).toBe(1);
  expect(ended.filter(({ task, attempt }) => `${task} ${attempt}` in lostIn)).toEqual([]);

  for (const id of names) {
    nodes[id].worker.child.kill('SIGTERM');
    expect(await nodes[id].worker.gone, nodes[id].worker.output()).toBe(0);
  }
  // A lease of old, under the name that held it.
  const { session } = (await (await post('/nodes', { id: 'b', pool: 'far', types: ['*'], slots: 1 })).json()) as { session: string };
  const late = await post(`/nodes/b/leases/${ofB[0]?.lease}/result`, { outcome: 'succeeded', result: 'late' }, { 'node-session': session });
  expect([late.status, ((await late.json()) as { code: string }).code]).toEqual([409, 'lease_lost']);
  await fetch(`${url}/nodes/b`, { method: 'DELETE' });

  expect(await server.kill('SIGTERM'), server.output()).toBe(0);
  const found = await inspectDatabase(folder.path);
  expect(found.violations).toEqual([]);
  expect([...found.statusOf.keys()].sort()).toEqual([...ids].sort());
  expect([...found.statusOf].filter(([, status]) => status !== 'completed')).toEqual([]);
  expect(ids.length).toBeGreaterThan(100);
});
