import { describe, expect, it } from 'vitest';
import { setup, turns } from '../helpers/app.ts';

const tasks = '/api/v1/tasks';

describe('a server short of memory', () => {
  it('refuses new work and says when to come back; cancels and probes pass', async () => {
    const { call, submit, advance, executor } = await setup({ server: { memoryLimitBytes: 1 } });
    const { id } = await submit({ type: 'hold' });
    while (executor.held === 0) await turns(1);
    await advance(1_000);
    const refused = await call('POST', tasks, { json: { type: 'echo' } });
    expect(refused.json()).toMatchObject({ status: 503, code: 'overloaded', type: expect.stringContaining('#temporary-reduced-capacity') });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(2);
    expect((await call('GET', tasks)).statusCode).toBe(503);
    expect((await call('DELETE', `${tasks}/${id}`)).statusCode).toBe(202);
    for (const probe of ['/health', '/health/live', '/health/ready', '/metrics', '/api/v1/health'])
      expect((await call('GET', probe)).statusCode, probe).toBe(200);
  });

  it('does not draw its answers to one moment', async () => {
    const { call, advance } = await setup({ server: { memoryLimitBytes: 1 } });
    await advance(1_000);
    const waits = new Set<string>();
    for (let i = 0; i < 30; i++) waits.add(String((await call('GET', tasks)).headers['retry-after']));
    expect([...waits].sort()).toEqual(['2', '3', '4']);
  });
});

describe('a server with room', () => {
  it('takes the work', async () => {
    const { call, advance } = await setup({ server: { memoryLimitBytes: Number.MAX_SAFE_INTEGER } });
    await advance(10_000);
    expect((await call('POST', tasks, { json: { type: 'echo' } })).statusCode).toBe(201);
  });
});
