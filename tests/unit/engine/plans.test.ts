import { describe, expect, it } from 'vitest';
import { aPool, caller, type SetupOptions, setup } from '../../helpers/engine.ts';
import { handSolver, inlineSolver } from '../../helpers/plan-solvers.ts';

/** Until tasks stop waiting for a plan: `every_ms` and the grace of the solver. */
const patience = 700;

/** Two pools of a slot each, the first at half the price of the second, under optimal_batch. */
function planning(options: SetupOptions = {}) {
  const pools = [aPool({ name: 'cheap', costPerUnit: 1 }), aPool({ name: 'dear', costPerUnit: 2 })];
  return setup({ pools, options: { algorithm: { algorithm: 'optimal_batch' } }, ...options });
}

/** A logger, and what it was warned of. */
function listener() {
  const warnings: (readonly [message: string, fields: object])[] = [];
  return { warnings, logger: { info() {}, error() {}, warn: (fields: object, message: string) => void warnings.push([message, fields]) } };
}

describe('plans', () => {
  it('are asked for, recorded and followed', async () => {
    const { submit, pass, row, told, store } = await planning({ planSolver: inlineSolver() });
    const [small, big] = await Promise.all([submit({ cost: 1 }), submit({ cost: 10 })]);
    await pass();
    expect([row(small.seq).pool, row(big.seq).pool]).toEqual(['dear', 'cheap']);
    expect(told().slice(-3)).toEqual(['planned', 'scheduled', 'scheduled']);
    const planned = store.snapshot().log.find((entry) => entry.type === 'planned');
    expect(planned?.details).toEqual({
      epoch: 1,
      optimal: true,
      tokens: [
        [small.seq, 'dear', 1],
        [big.seq, 'cheap', 1],
      ],
    });
  });

  it('are asked for one at a time, and not before every_ms', async () => {
    const hand = handSolver();
    const { submit, pass } = await planning({ planSolver: hand.solver });
    await submit();
    expect(hand.asked).toBe(1);
    await submit();
    await pass(100);
    expect(hand.asked).toBe(1);
    hand.answer();
    await pass(399);
    expect(hand.asked).toBe(0);
    await pass(1);
    expect(hand.asked).toBe(1);
  });

  it('that are late stop nothing: tasks go to the cheapest pool, and that is said', async () => {
    const hand = handSolver();
    const { logger, warnings } = listener();
    const { submit, pass, row } = await planning({ planSolver: hand.solver, logger });
    const task = await submit();
    await pass(patience - 1);
    expect(row(task.seq).status).toBe('queued');
    await pass(1);
    expect(row(task.seq)).toMatchObject({ status: 'processing', pool: 'cheap' });
    expect(warnings).toEqual([]);
    const next = await submit();
    hand.answer();
    await pass();
    expect(warnings).toEqual([['a plan came late: tasks go to the cheapest pool with room meanwhile', { tookMs: patience }]]);
    await pass(500);
    hand.answer();
    await pass();
    expect(row(next.seq)).toMatchObject({ status: 'processing', pool: 'dear' });
  });

  it('are void when pools changed meanwhile: the next one is followed', async () => {
    const hand = handSolver();
    const { engine, submit, pass, row, told, answered } = await planning({ planSolver: hand.solver });
    const task = await submit();
    await answered(engine.changePool('cheap', { costPerUnit: 3 }, caller));
    hand.answer();
    await pass();
    expect(told()).not.toContain('planned');
    expect(row(task.seq).status).toBe('queued');
    await pass(500);
    hand.answer();
    await pass();
    expect(row(task.seq)).toMatchObject({ status: 'processing', pool: 'dear' });
    expect(told().filter((type) => type === 'planned')).toHaveLength(1);
  });

  it('wait for room on a full disk, and are recorded before the claims that follow them', async () => {
    const hand = handSolver();
    const { submit, pass, row, told, disk } = await planning({ planSolver: hand.solver });
    const task = await submit();
    disk.fault = { kind: 'full' };
    hand.answer();
    await pass(3_000);
    expect(row(task.seq).status).toBe('queued');
    disk.fault = undefined;
    await pass(1_000);
    expect(told().slice(-2)).toEqual(['planned', 'scheduled']);
  });

  it('of a solver that dies stop nothing: that is said once, and the next question is asked all the same', async () => {
    const hand = handSolver();
    const { logger, warnings } = listener();
    const { submit, pass, row } = await planning({ planSolver: hand.solver, logger });
    const first = await submit();
    hand.fail('out of memory');
    await pass(patience);
    expect(row(first.seq).status).toBe('processing');
    const second = await submit();
    expect(hand.asked).toBe(1);
    hand.fail('out of memory again');
    await pass(patience);
    expect(row(second.seq).status).toBe('processing');
    expect(warnings).toEqual([
      ['no plan could be made: tasks go to the cheapest pool with room meanwhile', { err: new Error('out of memory') }],
    ]);
  });

  it('are not needed: without a solver tasks wait no longer than for a late one', async () => {
    const { submit, pass, row } = await planning();
    const task = await submit();
    await pass(patience);
    expect(row(task.seq)).toMatchObject({ status: 'processing', pool: 'cheap', algorithmUsed: 'optimal_batch' });
  });

  it('are void after a switch of strategy', async () => {
    const hand = handSolver();
    const { engine, submit, pass, row, told, answered } = await planning({ planSolver: hand.solver });
    const task = await submit();
    await answered(engine.switchAlgorithm({ algorithm: 'min_cost' }, caller));
    expect(row(task.seq)).toMatchObject({ status: 'processing', algorithmUsed: 'min_cost' });
    hand.answer();
    await pass(1_000);
    expect(told()).not.toContain('planned');
  });

  it('are not asked for by other strategies, nor while nothing waits', async () => {
    const hand = handSolver();
    const { submit, pass } = await planning({ planSolver: hand.solver, options: { algorithm: { algorithm: 'min_cost' } } });
    await submit();
    const idle = await planning({ planSolver: hand.solver });
    await Promise.all([pass(5_000), idle.pass(5_000)]);
    expect(hand.asked).toBe(0);
  });

  it('end with the server: what is being solved is given up, and no timer is left', async () => {
    const hand = handSolver();
    const { engine, submit, pass, answered, hands, pending } = await planning({ planSolver: hand.solver });
    await submit();
    await pass(patience);
    hands.end(hands.running[0]!);
    await submit();
    await answered(engine.drain(1_000), 2_000);
    expect(pending()).toBe(0);
  });
});
