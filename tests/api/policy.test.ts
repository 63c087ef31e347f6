import { describe, expect, it } from 'vitest';
import { setup, turns } from '../helpers/app.ts';

const setting = '/api/v1/config/algorithm';

describe('the strategy', () => {
  it('is one of a list, and the current one is marked', async () => {
    const { call } = await setup();
    const { algorithms, current } = (await call('GET', '/api/v1/algorithms')).json();
    expect(algorithms.map((algorithm: { name: string }) => algorithm.name)).toEqual(
      expect.arrayContaining(['fifo', 'priority', 'min_cost', 'region_aware']),
    );
    expect(algorithms.filter((algorithm: { current: boolean }) => algorithm.current)).toMatchObject([{ name: 'fifo' }]);
    expect(current).toBe('fifo');
  });

  it('is an order of tasks and a choice of pool, any of the one with any of the other', async () => {
    const { call, submit } = await setup();
    const { orders, places } = (await call('GET', '/api/v1/algorithms')).json();
    expect(orders).toContainEqual(expect.objectContaining({ name: 'priority', complexity: 'static', parameters: expect.any(Object) }));
    expect(places).toContainEqual(expect.objectContaining({ name: 'region_aware', description: expect.stringMatching(/\.$/) }));
    const json = { order: { name: 'priority', params: { aging_per_min: 2 } }, place: 'region_aware', params: { spill_after_ms: 0 } };
    const answer = await call('PUT', setting, { json });
    const params = { order: { aging_per_min: 2 }, place: expect.objectContaining({ spill_after_ms: 0 }) };
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { algorithm: 'priority+region_aware', params, epoch: 2 }]);
    const { id } = await submit();
    await turns();
    expect((await call('GET', `/api/v1/tasks/${id}`)).json().algorithm_used).toBe('priority+region_aware');
    expect((await call('GET', setting)).json()).toMatchObject({ algorithm: 'priority+region_aware', params });
  });

  it('says how long newer work may go before a waiting task, by priority where it hangs on that', async () => {
    const { call } = await setup();
    expect((await call('GET', setting)).json().max_wait).toMatchObject({ by: 'arrival', by_priority: null });
    const json = { algorithm: 'priority', params: { aging_per_min: 3 } };
    const { max_wait: now } = (await call('PUT', setting, { json })).json();
    expect(now).toMatchObject({ by: 'priority', summary: expect.stringContaining('(10 − p) / 3 minutes') });
    expect(now.by_priority.slice(-2)).toEqual([
      { priority: 9, ms: 20_000 },
      { priority: 10, ms: 0 },
    ]);
    expect((await call('GET', setting)).json().max_wait).toEqual(now);
    const { algorithms } = (await call('GET', '/api/v1/algorithms')).json();
    const of = (wanted: string) => algorithms.find(({ name }: { name: string }) => name === wanted).max_wait;
    expect([of('priority'), of('sjf').by, of('edf').by]).toEqual([now, 'none', 'deadline']);
  });

  it.each([
    [{ order: 'lottery' }, 'unknown_reference', '/body/order'],
    [{ place: { name: 'min_cost', params: { x: 1 } } }, 'validation_failed', '/body/place/params/x'],
    [{ algorithm: 'fifo', place: 'min_cost' }, 'validation_failed', '/body/algorithm'],
    [{ params: {} }, 'validation_failed', '/body'],
    [{}, 'validation_failed', '/body'],
    [{ order: 5 }, 'validation_failed', '/body/order'],
    [{ order: { name: 'fifo', colour: 1 } }, 'validation_failed', '/body/order'],
    [{ algorithm: 'weighted', params: { price_weight: 0, latency_weight: 0, load_weight: 0 } }, 'validation_failed', '/body/params'],
    [{ algorithm: 'weighted', params: { speed_weight: 1 } }, 'validation_failed', '/body/params/speed_weight'],
    [{ algorithm: 'cost_deadline', params: { margin: 0.5 } }, 'validation_failed', '/body/params/margin'],
    [{ place: { name: 'carbon_aware', params: { max_delay_h: -1 } } }, 'validation_failed', '/body/place/params/max_delay_h'],
    [{ algorithm: 'min_cost', params: { mode: 'guessed' } }, 'validation_failed', '/body/params/mode'],
  ])('%j is refused, and the running one goes on', async (json, code, path) => {
    const { call } = await setup();
    const answer = await call('PUT', setting, { json });
    expect(answer.json()).toMatchObject({ status: 422, code, errors: [{ path }] });
    expect((await call('GET', setting)).json()).toMatchObject({ algorithm: 'fifo', epoch: 1 });
  });

  it("switches the original's way, and the next decision is its own", async () => {
    const { call, submit } = await setup();
    const answer = await call('POST', '/api/v1/algorithms/switch', { json: { algorithm: 'min_cost' } });
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'success', algorithm: 'min_cost' }]);
    const { id } = await submit();
    await turns();
    expect((await call('GET', `/api/v1/tasks/${id}`)).json().algorithm_used).toBe('min_cost');
  });

  it('is a setting with a version', async () => {
    const { call } = await setup();
    const before = await call('GET', setting);
    expect(before.json()).toMatchObject({ algorithm: 'fifo', epoch: 1, params: expect.any(Object) });
    expect((await call('GET', setting, { headers: { 'if-none-match': '"1"' } })).statusCode).toBe(304);
    const put = (algorithm: string, tag: string) => call('PUT', setting, { json: { algorithm }, headers: { 'if-match': tag } });
    const after = await put('priority', String(before.headers['etag']));
    expect(after.json()).toMatchObject({ algorithm: 'priority', epoch: 2, by: 'api' });
    expect(after.headers['etag']).toBe('"2"');
    const late = await put('fifo', String(before.headers['etag']));
    expect(late.json()).toMatchObject({ status: 412, code: 'version_mismatch' });
    expect(late.json().detail).toContain('switched to priority');
  });

  it('of two who switch at once only one wins', async () => {
    const { call } = await setup();
    const put = (algorithm: string) => call('PUT', setting, { json: { algorithm }, headers: { 'if-match': '"1"' } });
    const answers = await Promise.all([put('priority'), put('min_cost')]);
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 412]);
    const winner = answers.find((answer) => answer.statusCode === 200)?.json().algorithm;
    expect((await call('GET', setting)).json()).toMatchObject({ algorithm: winner, epoch: 2 });
  });

  it('has a history, newest first, which the log tells too', async () => {
    const { call } = await setup();
    await call('PUT', setting, { json: { algorithm: 'priority' } });
    await call('PUT', setting, { json: { algorithm: 'fifo' } });
    const names = async (query = '') =>
      (await call('GET', `/api/v1/algorithms/history${query}`)).json().epochs.map((epoch: { algorithm: string }) => epoch.algorithm);
    expect(await names()).toEqual(['fifo', 'priority', 'fifo']);
    expect(await names('?limit=1')).toEqual(['fifo']);
    const { logs } = (await call('GET', '/api/v1/logs?event_type=algorithm_switched')).json();
    expect(logs[0]).toMatchObject({ task_id: 'system', details: { algorithm: 'fifo', previous: 'priority', by: 'api' } });
  });

  it('that names no parameters says which it set back, and so does the log', async () => {
    const { call } = await setup();
    const params = { patience_least_ms: 1_000, patience_most_ms: 2_000, aging_per_min: 7 };
    expect((await call('PUT', setting, { json: { algorithm: 'priority', params } })).json()).not.toHaveProperty('reset');
    const halves = { order: 'priority', place: 'least_loaded', params: { patience_most_ms: 60_000 } };
    const reset = { aging_per_min: { from: 7, to: expect.any(Number) }, patience_least_ms: { from: 1_000, to: 30_000 } };
    expect((await call('PUT', setting, { json: halves })).json().reset).toEqual(reset);
    const most = { patience_most_ms: { from: 60_000, to: 600_000 } };
    const switched = await call('POST', '/api/v1/algorithms/switch', { json: { algorithm: 'fifo' } });
    expect(switched.json()).toEqual({ status: 'success', algorithm: 'fifo', reset: most });
    expect((await call('PUT', setting, { json: { algorithm: 'fifo' } })).json()).not.toHaveProperty('reset');
    expect((await call('GET', setting)).json()).not.toHaveProperty('reset');
    const { logs } = (await call('GET', '/api/v1/logs?event_type=algorithm_switched')).json();
    expect(logs.map(({ details }: { details: { reset?: unknown } }) => details.reset)).toEqual([
      undefined,
      most,
      reset,
      undefined,
      undefined,
    ]);
  });

  it('that is unknown is refused with the known ones', async () => {
    const { call } = await setup();
    const answer = await call('PUT', setting, { json: { algorithm: 'lottery' } });
    expect(answer.json()).toMatchObject({ status: 422, code: 'unknown_reference' });
    expect(answer.json().detail).toContain('min_cost');
    const wrong = await call('PUT', setting, { json: { algorithm: 'fifo', params: { colour: 'red' } } });
    expect(wrong.json()).toMatchObject({ status: 422, code: 'validation_failed' });
  });
});

describe('why, and back again', () => {
  const history = async (call: Awaited<ReturnType<typeof setup>>['call']) =>
    (await call('GET', '/api/v1/algorithms/history')).json().epochs;

  it('a switch may say why, and the history and the log tell it', async () => {
    const { call } = await setup();
    const reason = 'the queue was too long last night';
    expect((await call('PUT', setting, { json: { algorithm: 'sjf', reason } })).json()).toMatchObject({ epoch: 2, reason });
    expect(await history(call)).toMatchObject([{ epoch: 2, by: 'api', reason }, { reason: null }]);
    const { logs } = (await call('GET', '/api/v1/logs?event_type=algorithm_switched')).json();
    expect([logs[0].details.reason, 'reason' in logs[1].details]).toEqual([reason, false]);
    for (const wrong of ['', 'x'.repeat(501), 7]) {
      const refused = await call('PUT', setting, { json: { algorithm: 'fifo', reason: wrong } });
      expect(refused.json()).toMatchObject({ status: 422, code: 'validation_failed', errors: [{ path: '/body/reason' }] });
    }
    expect((await call('GET', setting)).json()).toMatchObject({ epoch: 2 });
  });

  it('goes back in one step, to the parameters too, and a second time undoes it', async () => {
    const { call, submit } = await setup();
    await call('PUT', setting, { json: { algorithm: 'priority', params: { aging_per_min: 7 } } });
    await call('PUT', setting, { json: { algorithm: 'min_cost' } });
    await call('PUT', setting, { json: { algorithm: 'min_cost' } }); // the same again is nothing to go back to
    const back = await call('POST', `${setting}/rollback`, { json: { reason: 'too dear' } });
    const reason = 'back from epoch 4 to what decided in epoch 2: too dear';
    expect([back.statusCode, back.headers['etag']]).toEqual([200, '"5"']);
    expect(back.json()).toMatchObject({ algorithm: 'priority', params: { aging_per_min: 7 }, epoch: 5, by: 'api', reason });
    const { id } = await submit();
    await turns();
    expect((await call('GET', `/api/v1/tasks/${id}`)).json().algorithm_used).toBe('priority');
    expect((await call('POST', `${setting}/rollback`)).json()).toMatchObject({ algorithm: 'min_cost', epoch: 6 });
    expect((await history(call)).length).toBe(6);
  });

  it('survives a restart', async () => {
    const first = await setup();
    await first.call('PUT', setting, { json: { algorithm: 'priority' } });
    await first.call('PUT', setting, { json: { algorithm: 'sjf' } });
    const { call } = await setup({ store: { image: first.store.image() } });
    expect((await call('POST', `${setting}/rollback`)).json()).toMatchObject({ algorithm: 'priority', epoch: 4 });
  });

  it('is refused where nothing was before, and where someone else was faster', async () => {
    const { call } = await setup();
    expect((await call('POST', `${setting}/rollback`)).json()).toMatchObject({ status: 409, code: 'wrong_status' });
    await call('PUT', setting, { json: { algorithm: 'priority' } });
    const late = await call('POST', `${setting}/rollback`, { headers: { 'if-match': '"1"' } });
    expect(late.json()).toMatchObject({ status: 412, code: 'version_mismatch' });
    expect((await call('POST', `${setting}/rollback`, { json: { reason: 1 } })).json()).toMatchObject({ status: 422 });
    expect((await call('GET', setting)).json()).toMatchObject({ algorithm: 'priority', epoch: 2 });
  });
});
