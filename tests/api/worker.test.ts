import { describe, expect, it, onTestFinished } from 'vitest';
import { openWorker } from '../../src/worker/run-worker.ts';
import { setup, turns } from '../helpers/app.ts';
import { aPool, silent } from '../helpers/engine.ts';
import { runWorker } from '../helpers/worker.ts';

const base = '/api/v1';
const far = aPool({ name: 'far', executor: 'node', capacity: 0, simulated: null, labels: { site: 'far' } });

/** The real worker with its threads against the real server, over a real port. */
async function setupWorker(slots = 2) {
  const server = await setup({ pools: [far] });
  for (const name of ['hash', 'wait']) await server.call('PUT', `${base}/types/${name}`, { json: {} });
  const url = await server.app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.app.server.closeAllConnections());
  const { node, ended } = await runWorker({ server: url, pool: 'far', types: ['hash', 'wait'], slots, id: 'w' });
  const get = async (path: string) => (await server.call('GET', `${base}${path}`)).json();
  async function until(path: string, holds: (body: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    for (;;) {
      const body = await get(path);
      if (holds(body)) return body;
      await turns();
    }
  }
  const submit = (type: string, payload: unknown) => server.submit({ type, payload, constraints: ['site = far'] });
  return { ...server, node, ended, get, until, submit };
}

describe('trx worker', () => {
  it('runs handlers here for a server there, and leaves when it is told to', async () => {
    const { node, ended, submit, until, get } = await setupWorker();
    const { id } = await submit('hash', 'hello');
    expect(await until(`/tasks/${id}`, ({ status }) => status === 'completed')).toMatchObject({
      result: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
      ...{ node_id: 'w', handled_by: 'w', initiated_by: 'test-node' },
    });
    expect((await get('/nodes/w')).agent).toBe('trx/0');
    node.worker.stop(1_000);
    await ended;
    expect((await get('/nodes')).nodes).toEqual([]);
  });

  it('stops what is cancelled', async () => {
    const { submit, until, call } = await setupWorker();
    const { id } = await submit('wait', 60);
    await until('/nodes/w', ({ leases }) => (leases as unknown[] | undefined)?.length === 1);
    expect((await call('DELETE', `${base}/tasks/${id}`)).statusCode).toBe(202);
    expect(await until(`/tasks/${id}`, ({ status }) => status === 'cancelled')).toMatchObject({ node_id: 'w' });
    await until('/nodes/w', ({ slots_used: used }) => used === 0);
  });

  it('hands back what it may not end, uncounted', async () => {
    const { node, ended, submit, until, get } = await setupWorker();
    const { id } = await submit('wait', 60);
    await until('/nodes/w', ({ leases }) => (leases as unknown[] | undefined)?.length === 1);
    node.worker.stop(0);
    await ended;
    expect(await until(`/tasks/${id}`, ({ status }) => status === 'queued')).toMatchObject({ attempt: 1 });
    expect((await get(`/tasks/${id}/log`)).attempts).toMatchObject([{ outcome: 'released' }]);
  });

  it('gives up where it is not wanted', async () => {
    const server = await setup();
    const url = await server.app.listen({ port: 0, host: '127.0.0.1' });
    const options = { server: url, pool: 'nope', types: undefined, slots: 1, id: 'w', handlersDir: '/nowhere', version: '0' };
    const node = await openWorker(options, silent, fetch);
    await expect(node.worker.run()).rejects.toThrow('There is no pool nope');
    await node.close();
    server.app.server.closeAllConnections();
    await expect(openWorker({ ...options, types: ['nope'] }, silent, fetch)).rejects.toThrow('There is no handler for nope');
  });
});
