import { expect, it } from 'vitest';
import { handPool, setup } from '../helpers/app.ts';

const simulated = { ...handPool, executor: 'simulated', types: ['crunch'], capacity: 2 } as const;
/** Alike in all they state, and cheaper than the third. */
const [flaky, slow] = [
  { ...simulated, name: 'flaky', simulated: { latencyMs: [200, 300], failureRatio: 0.9, seed: 1 } },
  { ...simulated, name: 'slow', simulated: { latencyMs: [60_000, 80_000], failureRatio: 0, seed: 2 } },
] as const;
const sound = { ...simulated, name: 'sound', costPerUnit: 1.2, simulated: { latencyMs: [300, 500], failureRatio: 0.02, seed: 3 } } as const;
const pools = [flaky, slow, sound];
const params = { usd_per_hour: 200 };

type Server = Awaited<ReturnType<typeof setup>>;

/** Where the first attempts of tasks go that come one by one. */
async function run({ submit, advance, call }: Server, count: number): Promise<Record<string, number>> {
  const starts: Record<string, number> = { flaky: 0, slow: 0, sound: 0 };
  for (let i = 0; i < count; i++) {
    const { id } = await submit({ type: 'crunch', cost: 1, max_attempts: 1, region: null });
    await advance(1_000);
    const pool = (await call('GET', `/api/v1/tasks/${id}`)).json().pool as string;
    starts[pool] = (starts[pool] ?? 0) + 1;
  }
  return starts;
}

it('learned: tasks move to the pool that proves quick and sound, and still go there after a restart', { timeout: 30_000 }, async () => {
  const server = await setup({ pools });
  const { call } = server;
  expect((await call('PUT', '/api/v1/types/crunch', { json: { timeout_ms: 600_000 } })).statusCode).toBe(201);
  expect((await call('PUT', '/api/v1/config/algorithm', { json: { algorithm: 'learned', params } })).statusCode).toBe(200);
  const before = await run(server, 40);
  expect(before['flaky'] ?? 0).toBeGreaterThan(0); // it was tried, and is the first of the cheapest
  expect((await run(server, 40))['sound']).toBeGreaterThanOrEqual(34);

  const { id } = await server.submit({ type: 'crunch', region: null });
  await server.advance(1_000);
  const { decision } = (await call('GET', `/api/v1/tasks/${id}/explain`)).json();
  expect([decision.algorithm, decision.pool]).toEqual(['learned', 'sound']);
  expect(decision.why.compared.terms).toMatchObject([
    { name: 'cost', unit: 'price of the work, failures included', weight: 1 },
    { name: 'time', unit: 'hours, failures included', weight: 200 },
  ]);
  expect(decision.why.compared.terms[0].value).toBeGreaterThan(1.2);

  await server.advance(80_000);
  const later = await setup({ store: { image: server.store.image() } });
  expect((await later.call('GET', '/api/v1/config/algorithm')).json()).toMatchObject({ algorithm: 'learned', params });
  expect((await run(later, 30))['sound']).toBeGreaterThanOrEqual(25);
});
