import { describe, expect, it } from 'vitest';
import { setup } from '../helpers/app.ts';

const tasks = '/api/v1/tasks';
const order = { type: 'order', priority: 5, region: 'us-east', resource_type: 'cpu', cost: 12 };

describe('a task of several parts', () => {
  it('says before it is sent where they would go, and afterwards where they are and what they cost', async () => {
    const { call, submit, advance } = await setup();
    const preview = (await call('POST', `${tasks}/preview`, { json: { ...order, parts: 12 } })).json();
    const placements = [...Array(10).fill('us-east-cpu-pool'), ...Array(2).fill('us-west-cpu-pool')];
    expect(preview).toMatchObject({ starts_now: true, placements, cost: { least: 6.2, most: 6.2 } });

    const started = await submit({ ...order, parts: 4 });
    await advance(0);
    const shown = (await call('GET', `${tasks}/${started.id}`)).json();
    expect(shown).toMatchObject({ status: 'processing', parts: 4, placements: Array(4).fill('us-east-cpu-pool') });
    const explained = (await call('GET', `${tasks}/${started.id}/explain`)).json();
    expect(explained.decision).toMatchObject({ placements: shown.placements });
  });

  it('is refused where it could never start whole, and asks for 1 to 64', async () => {
    const { call } = await setup();
    const many = await call('POST', tasks, { json: { ...order, parts: 64 } });
    expect([many.statusCode, many.json().code, many.json().errors[0].path]).toEqual([422, 'unroutable', '/body/parts']);
    expect(many.json().detail).toMatch(
      /^Its 64 parts must start together, and the pools that could run them hold \d+ at most, even when nothing else runs\. Change/,
    );
    for (const parts of [0, 65, 1.5, '2']) expect((await call('POST', tasks, { json: { ...order, parts } })).statusCode).toBe(422);
  });

  it('is found in lists by how many parts it has', async () => {
    const { call, submit } = await setup();
    await submit({ ...order });
    await submit({ ...order, parts: 3 });
    const list = async (query: string) =>
      (await call('GET', `${tasks}?${query}`)).json().tasks.map((task: { parts: number }) => task.parts);
    expect([await list('parts_gte=2'), await list('parts_lte=2'), await list('parts_gte=4')]).toEqual([[3], [1], []]);
    expect((await call('GET', `${tasks}?parts_gte=0`)).json().errors[0].path).toBe('/query/parts_gte');
    const json = { action: 'cancel', filter: { parts_gte: 2 } };
    const begun = (await call('POST', `${tasks}/bulk`, { json })).json();
    expect([begun.matched, begun.filter.parts_gte]).toEqual([1, 2]);
  });

  it('waits for room for all of them, and says how much there is', async () => {
    const { call, submit, advance } = await setup();
    await submit({ ...order, parts: 30 });
    const { id } = await submit({ ...order, parts: 10 });
    await advance(0);
    expect((await call('GET', `${tasks}/${id}/explain`)).json().holds).toMatchObject([{ code: 'waiting_for_gang', need: 10, have: 4 }]);
  });

  it('says why each of its pools was taken, and not only the last', async () => {
    const { call, submit, advance } = await setup();
    const { id } = await submit({ ...order, parts: 12 });
    await advance(0);
    const { summary, decision } = (await call('GET', `${tasks}/${id}/explain`)).json();
    expect(decision.why.parts).toMatchObject([
      { pool: 'us-east-cpu-pool', parts: 10 },
      { pool: 'us-west-cpu-pool', parts: 2 },
    ]);
    expect(summary).toContain('Running on us-east-cpu-pool (10 of its 12 parts), us-west-cpu-pool (2 of its 12 parts)');
    expect(summary).toContain(
      'Each part took the pool that came first in the catalogue once the parts before it had theirs: us-east-cpu-pool (10), us-west-cpu-pool (2)',
    );
    await call('PUT', '/api/v1/config/algorithm', { json: { algorithm: 'min_cost' } });
    const cheap = await submit({ ...order, parts: 8 });
    await advance(0);
    const told = (await call('GET', `${tasks}/${cheap.id}/explain`)).json();
    expect(told.summary).toMatch(/Each part took the pool with the least [a-z ]+ once the parts before it had theirs: .+ \(\d, [\d.]+\)/);
    expect(told.decision.why.parts.reduce((sum: number, { parts }: { parts: number }) => sum + parts, 0)).toBe(8);
  });

  it('is told how many parts could start at once', async () => {
    const { call, submit, advance } = await setup();
    await submit({ ...order, parts: 30 });
    const { id } = await submit({ ...order, parts: 10 });
    await advance(0);
    const { unblock } = (await call('GET', `${tasks}/${id}/explain`)).json();
    const fewer = unblock.find(({ change }: { change: string }) => change === 'fewer_parts');
    expect(fewer).toMatchObject({
      from: 10,
      to: 4,
      who: 'submitter',
      summary: expect.stringMatching(/^Submit it with parts 4\. It would start on .+ of its 4 parts\)/),
    });
    expect(fewer.placements).toHaveLength(4);
  });
});
