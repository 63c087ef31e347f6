import { expect, it, onTestFinished } from 'vitest';
import { apiClient } from '../helpers/api-client.ts';
import { inspectDatabase } from '../helpers/inspect-database.ts';
import { startServer, tempFolder } from '../helpers/server-process.ts';

/**
 * The first TaskRouterX forgot at a restart what waited, what ran, its simulations and the algorithm, and its load never came back to zero. Here
 * the server is killed in the middle of a simulation of 120 tasks, with some ended, some running and some still to be made.
 */
it('a restart after kill -9 continues the queue, what ran, the simulation and the algorithm', async () => {
  const folder = tempFolder('restart');
  onTestFinished(() => folder.remove());
  const first = await startServer({ dataDir: folder.path });
  onTestFinished(() => void first.kill('SIGKILL'));
  const before = apiClient(first.url);
  await before.send('POST', '/api/v1/algorithms/switch', { algorithm: 'min_cost' });
  const { id } = await before.submit({ type: 'wait', payload: 2 });
  await before.until(`/api/v1/tasks/${id}`, ({ status }) => status === 'processing');
  // Four seconds of traffic, of which the server sees the first part.
  const started = await before.send('POST', '/api/v1/simulate', { task_count: 120, pattern: 'steady', rate: 30 });
  const simulation = `/api/v1/simulate/${started.body['id']}`;
  await before.until('/api/v1/system/stats', ({ tasks_processed: ended }) => Number(ended) > 0);
  const { body: made } = await before.get(simulation);
  expect(made['status'], 'it is killed in the middle').toBe('running');
  expect(await first.kill('SIGKILL')).toBeNull();

  const second = await startServer({ dataDir: folder.path });
  onTestFinished(() => void second.kill('SIGKILL'));
  const after = apiClient(second.url);
  expect((await after.get('/api/v1/config/algorithm')).body).toMatchObject({ algorithm: 'min_cost' });
  expect((await after.get('/api/v1/health')).body).toMatchObject({ status: 'healthy', queue: 'healthy' });
  const finished = await after.until(simulation, ({ status }) => status !== 'running');
  expect(finished).toMatchObject({ status: 'completed', task_count: 120, tasks_created: 120 });
  const stats = await after.until('/api/v1/system/stats', ({ tasks_processed: ended }) => ended === 121);
  expect(stats).toMatchObject({ tasks_pending: 0, queue_size: 0, slots_used: 0, tasks_by_status: { processing: 0, cancelled: 0 } });
  const { worker_pools: pools } = (await after.get('/api/v1/workers')).body as { worker_pools: { current_load: number }[] };
  expect(new Set(pools.map((pool) => pool.current_load))).toEqual(new Set([0]));

  // What ran in the killed process is lost: it runs again where its type allows another attempt, and else says why it failed.
  expect((await after.get(`/api/v1/tasks/${id}`)).body).toMatchObject({
    status: 'completed',
    attempt: 2,
    result: 'Waited for 2.0 seconds',
  });
  const { logs } = (await after.get(`/api/v1/tasks/${id}/log`)).body as { logs: { event_type: string }[] };
  expect(logs.map((row) => row.event_type)).toEqual(['created', 'scheduled', 'lost', 'queued', 'scheduled', 'completed']);
  const { tasks } = (await after.get('/api/v1/tasks?status=failed&page_size=100')).body as { tasks: { error: { code: string } }[] };
  expect(tasks.map((task) => task.error.code)).toContain('lost');
  expect(await second.kill('SIGTERM'), second.output()).toBe(0);

  const found = await inspectDatabase(folder.path);
  expect(found.violations).toEqual([]);
  expect([...found.statusOf.values()].filter((status) => status !== 'completed' && status !== 'failed')).toEqual([]);
  expect(found.statusOf.size).toBe(121);
});
