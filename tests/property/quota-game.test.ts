import { describe, expect, it } from 'vitest';
import { spendWindowOf } from '../../src/core/domain/quota.ts';
import { isTerminal } from '../../src/core/domain/task-status.ts';
import { unlimitedTenant } from '../../src/core/domain/tenant.ts';
import { seededRandom } from '../../src/core/scheduling/seeded-random.ts';
import { aPool, aType, caller, codeOf, setup } from '../helpers/engine.ts';

/** Games of one ordinary run, and moves of each; more for a long one: `TRX_GAME_RUNS=500`. */
const games = Number(process.env['TRX_GAME_RUNS'] ?? 10);
const moves = 100;
/** Nothing is forgotten while a game lasts. */
const retention = { maxAgeMs: 30 * 86_400_000, maxTasks: 10_000, maxLogAgeMs: 30 * 86_400_000 };
const algorithms = ['fifo', 'priority', 'fair_share', 'learned'];

/** Of each tenant: what it may. `modest` has nothing but a cap of the type for everybody. */
const tenants = [
  { ...unlimitedTenant, name: 'capped', maxRunning: 2, maxWaiting: 6 },
  { ...unlimitedTenant, name: 'paying', spend: { limit: 60, window: 'hour' as const } },
  { ...unlimitedTenant, name: 'assured', guaranteed: 1, borrow: 1, typeLimits: { heavy: 1 } },
];
const names = [...tenants.map(({ name }) => name), 'modest'];
const limits = { heavyPerTenant: 2, lightTotal: 4 };
const types = [
  aType({ name: 'heavy', limitPerTenant: limits.heavyPerTenant }),
  aType({ name: 'light', limitTotal: limits.lightTotal, betweenTenants: 'round_robin' }),
];
const pools = [aPool({ name: 'cheap', capacity: 3, costPerUnit: 1 }), aPool({ name: 'dear', capacity: 4, costPerUnit: 3 })];

type Server = Awaited<ReturnType<typeof setup>>;

/** What no moment may show, whoever is asked: the rows of the store. */
function check({ store, clock }: Server): void {
  const { tasks, attempts } = store.snapshot();
  const running = tasks.filter(({ status }) => status === 'processing');
  const count = (tenant: string | null, type: string | null) =>
    running.filter((task) => (tenant === null || task.tenant === tenant) && (type === null || task.type === type)).length;
  for (const { name, maxRunning, guaranteed, borrow } of tenants) {
    const most = Math.min(maxRunning ?? Infinity, borrow === null ? Infinity : guaranteed + borrow);
    expect(count(name, null), `${name} runs`).toBeLessThanOrEqual(most);
  }
  for (const name of names) expect(count(name, 'heavy')).toBeLessThanOrEqual(name === 'assured' ? 1 : limits.heavyPerTenant);
  expect(count(null, 'light')).toBeLessThanOrEqual(limits.lightTotal);
  for (const { name, capacity } of pools) expect(running.filter(({ pool }) => pool === name).length).toBeLessThanOrEqual(capacity);
  expect(tasks.filter(({ tenant, status }) => tenant === 'capped' && status === 'queued').length).toBeLessThanOrEqual(6 + 2); // two may come back
  const prices = new Map(pools.map(({ name, costPerUnit }) => [name, costPerUnit]));
  const costs = new Map(tasks.map(({ seq, cost, tenant }) => [seq, tenant === 'paying' ? cost : 0]));
  const { from } = spendWindowOf('hour', clock.now());
  const spent = attempts
    .filter(({ endedAt }) => endedAt === null || endedAt >= from)
    .reduce((sum, { taskSeq, pool }) => sum + (costs.get(taskSeq) ?? 0) * (prices.get(pool) ?? 0), 0);
  expect(spent).toBeLessThanOrEqual(60);
}

async function play(seed: number): Promise<Server> {
  const random = seededRandom(seed);
  const below = (n: number) => Math.floor(random() * n);
  const oneOf = <T>(items: readonly T[]): T => items[below(items.length)]!;
  let server = await setup({ pools, types, options: { retention, algorithm: { algorithm: oneOf(algorithms) } } });
  for (const tenant of tenants) await server.answered(server.engine.putTenant(tenant, caller));
  const accepted = new Set<number>();

  async function submit(): Promise<void> {
    const input = {
      type: oneOf(['heavy', 'light']),
      tenant: oneOf(names),
      cost: 1 + below(8),
      priority: 1 + below(10),
      maxAttempts: 1 + below(2),
    };
    const made = server.engine.submit(input, caller).then(
      ({ task }) => accepted.add(task.seq),
      (error) => expect((error as { code: string }).code).toBe('quota_exceeded'),
    );
    await server.answered(made);
  }

  async function end(): Promise<void> {
    if (server.hands.running.length === 0) return;
    const failed = { kind: 'failed', code: 'x', message: 'no', retryable: true } as const;
    server.hands.end(oneOf(server.hands.running), below(4) === 0 ? failed : { kind: 'succeeded', result: null });
    await server.pass();
  }

  async function restart(): Promise<void> {
    const { clock } = server;
    server = await setup({ pools, types, clock, image: server.crash(), options: { retention } });
  }

  async function move(): Promise<void> {
    const dice = below(100);
    if (dice < 50) await submit();
    else if (dice < 85) await end();
    else if (dice < 90) await server.pass(below(20 * 60_000));
    else if (dice < 94) await restart();
    else if (dice < 97) await server.answered(server.engine.switchAlgorithm({ algorithm: oneOf(algorithms) }, caller));
    else await server.answered(codeOf(server.engine.rollBackAlgorithm(caller)));
  }

  for (let i = 0; i < moves; i++) {
    await move();
    check(server);
  }
  // Nothing more comes: whatever was accepted ends, however long its tenant has to wait for the next hour.
  for (let hour = 0; hour < 40 && !isOver(server); hour++) {
    for (let rounds = 0; rounds < 200 && server.hands.running.length > 0; rounds++) {
      server.hands.end(oneOf(server.hands.running));
      await server.pass(1_000);
      check(server);
    }
    await server.pass(3_600_000);
    check(server);
  }
  expect(server.store.snapshot().tasks.map(({ seq }) => seq)).toEqual(expect.arrayContaining([...accepted]));
  return server;
}

const isOver = ({ store }: Server) => store.snapshot().tasks.every(({ status }) => isTerminal(status));

describe('tenants of all kinds under quotas, with restarts and switches of the strategy', () => {
  it.each(Array.from({ length: games }, (_, i) => i + 1))(
    'game %d: no limit is ever exceeded, and everything accepted ends',
    async (seed) => {
      const server = await play(seed);
      const tasks = server.store.snapshot().tasks;
      expect(tasks.length).toBeGreaterThan(10);
      expect(tasks.filter(({ status }) => !isTerminal(status)).map(({ seq, tenant, status }) => [seq, tenant, status])).toEqual([]);
      const counts = server.engine.quotas().filter(({ unit }) => unit === 'attempts' || unit === 'slots');
      expect(counts.every(({ used }) => used === 0)).toBe(true);
    },
  );
});
