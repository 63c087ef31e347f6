import { describe, expect, it } from 'vitest';
import { trx } from '../../helpers/cli.ts';

const wait_ms = { mean: 1_500, p50: 1_000, p95: 4_000, p99: 5_000, max: 6_000 };
const figures = {
  ...{ tasks: 40, wait_ms, bounded_slowdown: { mean: 1, p95: 1, max: 1 }, cost: 12, completed: 39, failed: 1, cancelled: 0 },
  ...{ deadlines: { tasks: 5, missed: 2 }, fairness_jain: 0.9, tenants: [], worst: [] },
};
const difference = { absolute: 0, relative: 0, interval: null, verdict: null };
const differences = { mean_wait_ms: { ...difference, verdict: 'better' }, p95_wait_ms: difference, cost: difference };
const card = {
  params: {},
  figures,
  never_started: 0,
  total_cost: { value: 12, bound: 10, gap: 0.2 },
  makespan_ms: { value: 1, bound: 1, gap: 0 },
};
const fidelity = {
  score: 0.99,
  placement: 0.99,
  placement_by: 'pool',
  free_placement: 0.99,
  wait_error: 0,
  tail_error: 0,
  is_good: true,
  warning: null,
};
const result = {
  ...{
    first_task_at: '',
    last_task_at: '',
    tasks: { replayed: 41, unfinished: 1, carried_over: 0, missing: 0 },
    fidelity,
    proof: { outcome: 'proved', says: 'All 7 decisions are the recorded ones.' },
    actual: figures,
  },
  ...{
    as_run: { ...card, algorithm: 'fifo', differences: null },
    decided: ['fifo'],
    cards: [{ ...card, algorithm: 'min_cost', differences }],
    notes: ['a note'],
  },
};
const running = { id: 'r1', status: 'running', from: 'F', to: 'T', progress: { done: 0, total: 41 }, error: null, result: null };

/** A server that needs two looks; what it was asked. */
function aServer(end: object) {
  const asked: { method: string; path: string; body: unknown }[] = [];
  const answers = [running, running, { ...running, ...end }];
  const fetch = async (url: URL | string | Request, init: RequestInit = {}) => {
    asked.push({
      method: init.method ?? 'GET',
      path: new URL(String(url)).pathname,
      body: init.body === undefined ? undefined : JSON.parse(String(init.body)),
    });
    return Response.json(answers[Math.min(asked.length, answers.length) - 1]);
  };
  return { asked, fetch };
}

const replay = (fetch: typeof globalThis.fetch, ...flags: readonly string[]) =>
  trx(['replay', '--history', '--server', 'http://127.0.0.1:9', '--policy', 'fcfs,min_cost', ...flags], { fetch });

describe('trx replay --history', () => {
  it('asks the server, waits, and prints the cards', async () => {
    const { fetch, asked } = aServer({ status: 'completed', result });
    const { code, out, err } = await replay(fetch, '--from', '2026-01-01T00:00:00Z', '--seed', '4');
    expect(code).toBe(0);
    expect(asked).toEqual([
      {
        ...{ method: 'POST', path: '/api/v1/replays' },
        body: { window: { from: '2026-01-01T00:00:00Z' }, strategies: [{ algorithm: 'fifo' }, { algorithm: 'min_cost' }], seed: 4 },
      },
      { method: 'GET', path: '/api/v1/replays/r1', body: undefined },
      { method: 'GET', path: '/api/v1/replays/r1', body: undefined },
    ]);
    expect(err).toBe('a note\n');
    expect(out).toContain('41 tasks from F to T, 1 unfinished');
    expect(out).toContain('fidelity 0.990 (placement 0.990 by pool)\nAll 7 decisions are the recorded ones.\n');
    expect(out).toMatch(/replayed \(fifo\) +40 +1\.50 +4\.00 +5\.00 +6\.00 +12\.00 +2\/5 +0\.900 +20\.0 %/);
    expect(out).toMatch(/min_cost .* better/);
  });

  it('says loudly when it is off, and why there is nothing', async () => {
    const off = { ...fidelity, score: 0.5, is_good: false, warning: 'it is 50 % off' };
    const { err } = await replay(aServer({ status: 'completed', result: { ...result, fidelity: off } }).fetch, '--json');
    expect(err).toContain('WARNING: it is 50 % off');
    const failed = await replay(aServer({ status: 'interrupted', error: 'the server was stopped' }).fetch);
    expect(failed).toMatchObject({ code: 1, err: expect.stringContaining('the replay ended interrupted: the server was stopped') });
  });

  it('takes no flags of traces', async () => {
    const { code, err } = await replay(aServer({}).fetch, '--procs', '4', '--semantics', 'pyss', '--repeat', '3');
    expect([code, err]).toEqual([2, expect.stringContaining('--procs, --semantics, --repeat cannot stand beside --history')]);
    const { code: seedless, err: why } = await replay(aServer({}).fetch, '--seed', 'x');
    expect([seedless, why]).toEqual([2, expect.stringContaining('--seed x is not a whole number from 0')]);
  });
});
