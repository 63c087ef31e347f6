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

  it('waits for room for all of them, and says how much there is', async () => {
    const { call, submit, advance } = await setup();
    await submit({ ...order, parts: 30 });
    const { id } = await submit({ ...order, parts: 10 });
    await advance(0);
    expect((await call('GET', `${tasks}/${id}/explain`)).json().holds).toMatchObject([{ code: 'waiting_for_gang', need: 10, have: 4 }]);
  });
});
