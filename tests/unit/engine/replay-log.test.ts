import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/core/domain/events.ts';
import type { JsonObject } from '../../../src/core/domain/json.ts';
import type { Figures, Replay, ReplayResult } from '../../../src/core/domain/replay.ts';
import { toldDetails } from '../../../src/core/domain/replay-receipt.ts';
import { endedDetails, replaysOf, startedDetails } from '../../../src/core/engine/replay-log.ts';

const figures: Figures = {
  ...{ tasks: 2, wait: { mean: 1, p50: 1, p95: 1, p99: 1, max: null }, slowdown: { mean: 1, p95: 1, max: 1 }, cost: 0.5 },
  ...{ completed: 2, failed: 0, cancelled: 0, deadlines: { tasks: 0, missed: 0 }, fairness: null },
  tenants: [{ tenant: 'a', tasks: 2, meanWaitMs: 1, maxWaitMs: 1 }],
  worst: [{ seq: 1, id: null, tenant: 'a', type: 't', waitMs: 1, reallyWaitedMs: null }],
};
const bounded = { value: 1, bound: null, gap: null };
const card = { name: 'fifo', params: {}, figures, neverStarted: 0, totalCost: bounded, makespan: bounded };
const difference = { absolute: 1, relative: null, interval: { low: 0, high: 2 }, verdict: 'worse' as const };
const result: ReplayResult = {
  ...{ firstAt: 1, lastAt: 2, tasks: { replayed: 2, unfinished: 0, carriedOver: 0, missing: 0 }, actual: figures, asRun: card },
  fidelity: { score: 1, placement: 1, placementBy: 'pool', waitError: 0, tailError: 0, isGood: true },
  cards: [{ ...card, differences: { meanWait: difference, p95Wait: difference, cost: difference } }],
  notes: ['n'],
};
const replay: Replay = {
  id: 'r',
  request: {
    from: 0,
    to: 9,
    strategies: [{ name: 'fifo', params: {} }],
    pools: [{ name: 'p', capacity: 2, state: 'paused', labels: { a: 1 } }],
    seed: 1,
  },
  ...{ by: 'me', startedAt: 10, endedAt: 20, status: 'completed', progress: { done: 2, total: 2 }, result, error: null },
};

/** As it comes back from the file. */
const row = (type: 'replay_started' | 'replay_ended', at: number, details: JsonObject): LogEntry => ({
  ...{ seq: at, at, type, taskSeq: null, taskId: null },
  details: JSON.parse(JSON.stringify(details)),
});
const started = row('replay_started', 10, startedDetails(replay));
const ended = (change: object = {}) => row('replay_ended', 20, { ...endedDetails(replay), ...change } as JsonObject);

describe('what the log has of replays', () => {
  it('comes back as it was', () => {
    expect(replaysOf([started, ended()])).toEqual([replay]);
    expect(replaysOf([started])).toMatchObject([{ status: 'running', result: null, progress: { done: 0, total: 2 } }]);
  });

  it('counts what its thread has found, and takes a row of a version that knew it at the begin', () => {
    const more = { ...replay, progress: { done: 9, total: 9 } };
    expect(replaysOf([started, row('replay_ended', 20, endedDetails(more))])).toMatchObject([{ progress: { done: 9, total: 9 } }]);
    const { tasks: _, ...old } = endedDetails(replay);
    expect(replaysOf([started, row('replay_ended', 20, old)])).toMatchObject([{ progress: { done: 2, total: 2 } }]);
  });

  it('of how many tasks nobody counted is nothing that was counted', () => {
    const uncounted = { ...replay, progress: { done: 0, total: null } };
    const begun = row('replay_started', 10, startedDetails(uncounted));
    expect(replaysOf([begun])).toMatchObject([{ progress: { done: 0, total: null } }]);
    expect(replaysOf([begun, ended()])).toMatchObject([{ progress: { done: 2, total: 2 } }]);
  });

  it('is told as it stands where its times are none', () => {
    const request = { ...replay.request, from: 1e300 };
    const damaged = row('replay_started', 10, startedDetails({ ...replay, request }));
    expect(toldDetails(damaged)).toEqual({ replay: 'r', by: 'me', tasks: 2 });
  });

  it('is told as a receipt: what ran, and what came of it', () => {
    expect(toldDetails(started)).toEqual({
      ...{ replay: 'r', by: 'me', tasks: 2, from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T00:00:00.009Z' },
      ...{ algorithms: ['fifo'], pools: ['p'], seed: 1 },
    });
    const verdict = { mean_wait_ms: 'worse', cost: 'worse' };
    expect(toldDetails(ended())).toEqual({
      ...{ replay: 'r', status: 'completed', tasks: 2, fidelity: 1, proof: null },
      cards: [{ algorithm: 'fifo', mean_wait_ms: 1, p95_wait_ms: 1, cost: 0.5, never_started: 0, verdict }],
    });
    expect(toldDetails(ended({ result: { cards: 7 }, error: 'why' }))).toEqual({
      replay: 'r',
      status: 'completed',
      tasks: 2,
      error: 'why',
    });
    expect(toldDetails({ type: 'pool_changed', details: { request: 1 } })).toEqual({ request: 1 });
  });

  it.each([
    ['a request without strategies', { request: { ...replay.request, strategies: 7 } }],
    ['a strategy without a name', { request: { ...replay.request, strategies: [{ params: {} }] } }],
    ['a pool in a state there is not', { request: { ...replay.request, pools: [{ name: 'p', state: 'gone' }] } }],
    ['nobody who asked', { by: null }],
    ['no name', { replay: 7 }],
  ])('is left out when it has %s', (_, change) => {
    expect(replaysOf([row('replay_started', 10, { ...startedDetails(replay), ...change } as JsonObject), ended()])).toEqual([]);
  });

  it.each([
    ['no result', { result: null }],
    ['a card without figures', { result: { ...result, cards: [{ ...card, differences: null, figures: null }] } }],
    ['a text where a number belongs', { result: { ...result, asRun: { ...card, figures: { ...figures, cost: '0.5' } } } }],
    [
      'a verdict there is not',
      { result: { ...result, cards: [{ ...card, differences: { meanWait: { ...difference, verdict: 'fine' } } }] } },
    ],
    ['a status there is not', { status: 'perfect' }],
    ['no end', { status: 'running' }],
  ])('says that it cannot be read when it has %s', (_, change) => {
    expect(replaysOf([started, ended(change)])).toMatchObject([
      { id: 'r', status: 'failed', result: null, error: expect.stringContaining('cannot be read'), endedAt: 20 },
    ]);
  });

  it('keeps why there is no result, and lets pass what a later version wrote', () => {
    expect(replaysOf([started, row('replay_ended', 20, { replay: 'r', status: 'cancelled', error: 'why' })])).toMatchObject([
      { status: 'cancelled', error: 'why' },
    ]);
    expect(replaysOf([started, ended({ result: { ...result, extra: 1 } })])).toMatchObject([{ status: 'completed', error: null }]);
    expect(replaysOf([ended()])).toEqual([]);
  });
});
