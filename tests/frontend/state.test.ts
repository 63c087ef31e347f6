import { describe, expect, it } from 'vitest';
import { addSample, historyMs, sampleOf, series, stepMs } from '../../frontend/js/model/history.js';
import { holdRows, initialState, type Message, reduce, type State } from '../../frontend/js/model/state.js';
import { aPool, aTask, hold, now, someStats } from './fixtures.ts';

const shell = { seq: 1, now, algorithm: 'fifo' };

function setup(model: State['model'] = {}): State {
  return initialState(shell, model, false);
}

const all = (state: State, ...messages: Message[]) => messages.reduce(reduce, state);

describe('counters and pools', () => {
  it('takes the newest stats and adds a reading', () => {
    const state = reduce(setup({ stats: someStats(), history: [] }), {
      kind: 'stats',
      stats: someStats({ tasks_processed: 5, at: '2026-11-21T22:40:00.000Z' }),
      now: 10_000,
    });
    expect(state.model.stats?.tasks_processed).toBe(5);
    expect(state.model.history).toEqual([{ at: 10_000, finished: 5, waiting: 214, running: 33 }]);
    expect(state.at).toBe('2026-11-21T22:40:00.000Z');
  });

  it('follows loads by the order of the snapshot, and keeps what did not change', () => {
    const [a, b] = [aPool({ name: 'a', current_load: 1 }), aPool({ name: 'b', current_load: 2 })];
    const state = all(
      setup({ pools: [a, b], pool: b }),
      { kind: 'snapshot', names: ['b', 'a'], load: [2, 1] },
      { kind: 'pools', changed: [[0, 9]] },
    );
    expect(state.model.pools?.map((pool) => pool.current_load)).toEqual([1, 9]);
    expect(state.model.pools?.[0]).toBe(a);
    expect(state.model.pool?.current_load).toBe(9);
  });
});

describe('log events', () => {
  it('move a row that is shown, and no other', () => {
    const [one, two] = [aTask({ seq: 1, reason: hold }), aTask({ seq: 2 })];
    const state = reduce(setup({ tasks: [one, two] }), {
      kind: 'events',
      events: [{ seq: 9, event_type: 'scheduled', task_id: one.id, pool: 'local', at: now }],
    });
    expect(state.model.tasks?.[0]).toMatchObject({ status: 'processing', worker_id: 'local', reason: null });
    expect(state.model.tasks?.[1]).toBe(two);
  });

  it('leave the status alone when they change none', () => {
    const task = aTask({ seq: 1 });
    const before = setup({ tasks: [task] });
    expect(reduce(before, { kind: 'events', events: [{ seq: 9, event_type: 'cancel_requested', task_id: task.id }] }).model).toBe(
      before.model,
    );
  });

  it('of one task count in order: the last one stands', () => {
    const task = aTask({ seq: 1 });
    const events = ['scheduled', 'completed'].map((event_type, index) => ({ seq: index, event_type, task_id: task.id }));
    expect(reduce(setup({ tasks: [task] }), { kind: 'events', events }).model.tasks?.[0]?.status).toBe('completed');
  });
});

describe('paused', () => {
  it('shows nothing new and counts what waits, until it goes on', () => {
    const task = aTask({ seq: 1 });
    const paused = all(
      setup({ tasks: [task], stats: someStats() }),
      { kind: 'paused', paused: true },
      { kind: 'events', events: [{ seq: 2, event_type: 'completed', task_id: task.id }] },
      { kind: 'stats', stats: someStats({ tasks_processed: 0 }), now: 1 },
    );
    expect(paused.held).toBe(1);
    expect(paused.model.tasks?.[0]).toBe(task);
    expect(paused.model.stats?.tasks_processed).toBe(12_345);
    expect(reduce(paused, { kind: 'paused', paused: false }).held).toBe(0);
  });
});

describe('a page read anew', () => {
  const shown = [aTask({ seq: 2 }), aTask({ seq: 1 })];
  const fresh = [aTask({ seq: 3 }), aTask({ seq: 2, status: 'completed' })];

  it('replaces the list', () => {
    const state = reduce(setup({ tasks: shown }), { kind: 'page', shell, model: { tasks: fresh }, hold: false });
    expect(state.model.tasks).toBe(fresh);
    expect(state.unseen).toBe(0);
  });

  it('keeps rows where someone reads them, with new values, and counts the new ones', () => {
    const state = reduce(setup({ tasks: shown }), { kind: 'page', shell, model: { tasks: fresh }, hold: true });
    expect(state.model.tasks?.map((task) => [task.seq, task.status])).toEqual([
      [2, 'completed'],
      [1, 'queued'],
    ]);
    expect(state).toMatchObject({ unseen: 1, unseenIsCapped: false });
    expect(reduce(state, { kind: 'shown' }).unseen).toBe(0);
  });

  it('says that there may be more when the whole page is new', () => {
    expect(reduce(setup({ tasks: [] }), { kind: 'page', shell, model: { tasks: fresh }, hold: true })).toMatchObject({
      unseen: 2,
      unseenIsCapped: true,
    });
    expect(holdRows(shown, shown)).toEqual({ tasks: shown, unseen: 0 });
  });

  it('keeps the denser of two histories', () => {
    const reading = (at: number) => ({ at, finished: 1, waiting: 1, running: 1 });
    const own = [reading(1), reading(2)];
    expect(reduce(setup({ history: own }), { kind: 'page', shell, model: { history: [reading(2)] }, hold: false }).model.history).toBe(own);
  });
});

it('says in which phase the stream is', () => {
  expect(reduce(setup(), { kind: 'phase', phase: 'reconnecting', retryInS: 4 })).toMatchObject({ phase: 'reconnecting', retryInS: 4 });
  expect(reduce(setup(), { kind: 'phase', phase: 'live' })).toMatchObject({ phase: 'live', retryInS: 0 });
});

describe('history', () => {
  const reading = (at: number, finished = 0, waiting = 0) => ({ at, finished, waiting, running: 0 });

  it('keeps one reading a step, and no older ones than the window', () => {
    let samples: readonly ReturnType<typeof reading>[] = [];
    for (let at = 0; at <= historyMs * 2; at += stepMs / 4) samples = addSample(samples, reading(at, at));
    expect(samples.length).toBeLessThanOrEqual(historyMs / stepMs + 2);
    expect(samples.at(-1)?.at).toBe(historyMs * 2);
    expect(samples[0]!.at).toBeGreaterThanOrEqual(historyMs - stepMs);
  });

  it('draws rates from totals, and holds a value where nothing changed', () => {
    const past = series([reading(0, 0, 4), reading(stepMs, 10, 4), reading(stepMs * 3, 10, 0)], stepMs * 3);
    expect(past.perSecond).toEqual([0, 10 / (stepMs / 1_000), 0, 0]);
    expect(past.waiting).toEqual([4, 4, 4, 0]);
  });

  it('draws a steady rate steadily, wherever in its step a reading was taken', () => {
    const readings = [0.9, 1.1, 2.8, 3.05, 4.5].map((step) => reading(step * stepMs, step * 100));
    expect(
      series(readings, 4.9 * stepMs)
        .perSecond.slice(1)
        .map((each) => Math.round(each * 1_000) / 1_000),
    ).toEqual([50, 50, 50, 50]);
  });

  it('after a silence counts the last step only, and remembers what was before the window', () => {
    expect(series([reading(0, 0), reading(stepMs * 10, 100)], stepMs * 10).perSecond.at(-1)).toBe(100 / (stepMs / 1_000));
    expect(series([reading(0, 5, 7)], historyMs * 3).waiting).toEqual(Array.from({ length: historyMs / stepMs + 1 }, () => 7));
  });

  it('has nothing to draw from nothing', () => {
    expect(series([], 1_000).waiting).toEqual([]);
    expect(sampleOf(someStats(), 5)).toEqual({ at: 5, finished: 12_345, waiting: 214, running: 33 });
  });
});
