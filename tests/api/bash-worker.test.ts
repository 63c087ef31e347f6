import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { setup, turns } from '../helpers/app.ts';
import { aPool } from '../helpers/engine.ts';

const base = '/api/v1';
const far = aPool({ name: 'far', executor: 'node', capacity: 0, simulated: null, labels: { site: 'far' } });

describe('examples/worker.sh', () => {
  it('runs tasks with curl and jq, and leaves on SIGTERM', async () => {
    const { app, call, submit, advance } = await setup({ pools: [far], engine: { nodes: { leaseMs: 3_000 } } });
    for (const type of ['reverse', 'wait']) await call('PUT', `${base}/types/${type}`, { json: {} });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const child = spawn('bash', ['examples/worker.sh', url, 'far', 'sh'], { stdio: 'ignore' });
    const gone = once(child, 'exit');
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await gone;
      app.server.closeAllConnections();
    });
    const until = async (path: string, holds: (body: Record<string, unknown>) => boolean) => {
      for (;;) {
        const body = (await call('GET', `${base}${path}`)).json() as Record<string, unknown>;
        if (holds(body)) return body;
        await turns();
      }
    };
    const ids: string[] = [];
    for (const payload of ['hello', 'a "quoted" text', 'ä☃'])
      ids.push((await submit({ type: 'reverse', payload, constraints: ['site = far'] })).id);
    const results: unknown[] = [];
    for (const id of ids) results.push((await until(`/tasks/${id}`, ({ status }) => status === 'completed'))['result']);
    expect(results).toEqual(['olleh', 'txet "detouq" a', '☃ä']);
    expect((await call('GET', `${base}/nodes/sh`)).json()).toMatchObject({ agent: 'bash/1', slots: 1, results: 3 });
    child.kill('SIGTERM');
    await advance(1_000); // the poll it waits for ends
    await gone;
    expect((await call('GET', `${base}/nodes`)).json().nodes).toEqual([]);
  }, 30_000);
});
