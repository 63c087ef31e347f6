import { describe, expect, it } from 'vitest';
import { aPool, caller, codeOf, setup } from '../../helpers/engine.ts';

const cheapAndDear = [aPool({ name: 'dear', costPerUnit: 5, capacity: 2 }), aPool({ name: 'cheap', costPerUnit: 1, capacity: 2 })];

describe('a switch of the strategy', () => {
  it('takes effect at the very next decision, provably from the log', async () => {
    const { engine, answered, submit, store } = await setup({ pools: cheapAndDear });
    await submit();
    await answered(engine.switchAlgorithm({ algorithm: 'min_cost' }, caller));
    await submit();
    const said = store.snapshot().log.filter((entry) => entry.type === 'scheduled' || entry.type === 'algorithm_switched');
    expect(said.map(({ details }) => [details['algorithm'], details['epoch'], details['worker_pool']])).toEqual([
      ['fifo', 1, undefined],
      ['fifo', 1, 'dear'],
      ['min_cost', 2, undefined],
      ['min_cost', 2, 'cheap'],
    ]);
  });

  it('comes in the log after every decision of the old one, though their claims are still on the way', async () => {
    const { engine, disk, pass, store } = await setup({ pools: [aPool({ capacity: 9 })] });
    disk.delayMs = 20;
    void engine.submitBatch(new Array(3).fill({ type: 'job' }), caller);
    await pass(20); // decided, not committed
    void engine.switchAlgorithm({ algorithm: 'priority' }, caller);
    await pass(25);
    void engine.submit({ type: 'job' }, caller);
    await pass(60);
    const said = store
      .snapshot()
      .log.filter((entry) => entry.type === 'scheduled' || entry.type === 'algorithm_switched')
      .slice(1);
    expect(said.map(({ type, details }) => `${type} ${String(details['algorithm'])}`)).toEqual([
      ...new Array(3).fill('scheduled fifo'),
      'algorithm_switched priority',
      'scheduled priority',
    ]);
  });

  it('is stored, and the next start goes on with it', async () => {
    const first = await setup();
    await first.answered(first.engine.switchAlgorithm({ algorithm: 'priority', params: { aging_per_min: 0 } }, caller));
    const { engine } = await setup({ image: first.crash(), clock: first.clock });
    expect(engine.algorithm()).toMatchObject({ epoch: 2, name: 'priority', params: { aging_per_min: 0 }, by: 'tester' });
    expect(engine.algorithms().algorithms.find(({ current }) => current)?.name).toBe('priority');
  });

  it('to a combination is stored too, with the parameters of both halves', async () => {
    const first = await setup();
    const choice = { order: { name: 'priority', params: { aging_per_min: 0 } }, place: 'region_aware' };
    const { name, params } = await first.answered(first.engine.switchAlgorithm(choice, caller));
    expect([name, params]).toEqual([
      'priority+region_aware',
      { order: { aging_per_min: 0 }, place: expect.any(Object), overtaking: expect.any(Object) },
    ]);
    const { engine } = await setup({ image: first.crash(), clock: first.clock });
    expect(engine.algorithm()).toMatchObject({ epoch: 2, name, params, by: 'tester' });
    expect(engine.algorithms().algorithms.filter(({ current }) => current)).toEqual([]);
  });

  it('that meets another is done after it, and refused when it built on what was before', async () => {
    const { engine, answered } = await setup();
    const both = [
      engine.switchAlgorithm({ algorithm: 'priority' }, caller, 1),
      codeOf(engine.switchAlgorithm({ algorithm: 'min_cost' }, caller, 1)),
    ];
    expect(await answered(Promise.all(both))).toEqual([expect.objectContaining({ epoch: 2, name: 'priority' }), 'version_mismatch']);
    expect(engine.algorithm().epoch).toBe(2);
  });

  it('that cannot be stored changes nothing', async () => {
    const { engine, answered, disk, pass, submit, store } = await setup();
    disk.fault = { kind: 'full' };
    expect(await answered(codeOf(engine.switchAlgorithm({ algorithm: 'priority' }, caller)))).toBe('storage_full');
    disk.fault = undefined;
    await pass(1_000);
    await submit();
    expect(store.snapshot().log.at(-1)?.details).toMatchObject({ algorithm: 'fifo', epoch: 1 });
  });

  it('to an unknown strategy or with unknown parameters names what is allowed', async () => {
    const { engine, answered } = await setup();
    expect(await answered(codeOf(engine.switchAlgorithm({ algorithm: 'magic' }, caller)))).toBe('unknown_reference');
    expect(await answered(codeOf(engine.switchAlgorithm({ algorithm: 'fifo', params: { a: 1 } }, caller)))).toBe('validation_failed');
  });

  it('puts what waits in the order of the new one', async () => {
    const { engine, answered, hands, pass, submit } = await setup();
    await submit();
    for (const priority of [1, 5, 9]) await submit({ priority });
    await answered(engine.switchAlgorithm({ algorithm: 'priority', params: { aging_per_min: 0 } }, caller));
    for (const seq of [1, 4, 3]) {
      hands.end(seq);
      await pass();
    }
    expect(hands.started).toEqual(['1/1', '4/1', '3/1', '2/1']);
  });
});

it('the strategy in force is not known before it was read', async () => {
  const { engine } = await setup({ isStarted: false });
  expect(() => engine.algorithm()).toThrow(expect.objectContaining({ code: 'starting' }));
  expect(() => engine.algorithms()).toThrow(expect.objectContaining({ code: 'starting' }));
});
