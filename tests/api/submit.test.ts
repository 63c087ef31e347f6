import { describe, expect, it } from 'vitest';
import { setup } from '../helpers/app.ts';

const original = { type: 'order', priority: 5, cost: 1.0, region: 'us-east', metadata: { submitted_from: 'dashboard' } };

describe('POST /api/v1/tasks', () => {
  it('accepts a task as the original dashboard sends it', async () => {
    const { call } = await setup();
    const answer = await call('POST', '/api/v1/tasks', { json: original });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ ...original, metadata: original.metadata, task_metadata: original.metadata, status: 'queued' });
    expect(answer.headers['location']).toBe(`/api/v1/tasks/${answer.json().id}`);
  });
});
