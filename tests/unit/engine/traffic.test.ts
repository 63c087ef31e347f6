import { describe, expect, it } from 'vitest';
import { defaultBundleSettings } from '../../../src/core/domain/bundle.ts';
import type { SimulationInput } from '../../../src/core/domain/workload.ts';
import { aPool, aType, caller, setup } from '../../helpers/engine.ts';

const input: SimulationInput = {
  taskCount: 10,
  distribution: 'random',
  regionBias: null,
  priorityRange: [1, 10],
  costRange: [1, 5],
  pattern: null,
  rate: 1,
  durationMs: 10_000,
  seed: 7,
};

describe('a traffic simulation', () => {
  it('makes its tasks at the times of its pattern, and ends', async () => {
    const { engine, answered, pass, store, told } = await setup();
    const { simulation } = await answered(engine.simulate({ ...input, pattern: 'steady', rate: 2 }, caller));
    const { id, status } = simulation;
    expect(status).toBe('running');
    await pass(2_000);
    expect(store.snapshot().tasks.map((task) => task.enqueuedAt - (store.snapshot().tasks[0]?.enqueuedAt ?? 0))).toEqual([
      0, 500, 1_000, 1_500, 2_000,
    ]);
    await pass(3_000);
    expect(await answered(engine.simulation(id))).toMatchObject({ status: 'completed', tasksCreated: 10 });
    expect(told().filter((type) => type.startsWith('simulation'))).toEqual(['simulation_started', 'simulation_ended']);
  });

  it('says of each task which simulation made it', async () => {
    const { engine, answered, store } = await setup();
    const {
      simulation: { id },
    } = await answered(engine.simulate(input, caller));
    expect(store.snapshot().tasks.map((task) => task.metadata)).toEqual(
      Array.from({ length: 10 }, (_, i) => ({ simulation_id: id, task_number: i + 1 })),
    );
  });

  it('makes no bundles, which would have no files', async () => {
    const types = [aType(), aType({ name: 'folder', bundle: defaultBundleSettings })];
    const { engine, answered, store } = await setup({ types });
    await answered(engine.simulate(input, caller));
    expect(new Set(store.snapshot().tasks.map((task) => task.type))).toEqual(new Set([types[0]!.name]));
  });

  it('can be stopped, and stays so', async () => {
    const { engine, answered, pass, store } = await setup();
    const {
      simulation: { id },
    } = await answered(engine.simulate({ ...input, pattern: 'steady' }, caller));
    await pass(2_500);
    expect(await answered(engine.stopSimulation(id))).toMatchObject({ status: 'stopped', tasksCreated: 3 });
    expect(await answered(engine.stopSimulation(id))).toMatchObject({ status: 'stopped' });
    await pass(20_000);
    expect(store.snapshot().tasks).toHaveLength(3);
    expect(await answered(engine.stopSimulation('unknown'))).toBeUndefined();
  });

  it('goes on after a crash and makes no task twice', async () => {
    const first = await setup();
    await first.answered(first.engine.simulate({ ...input, pattern: 'steady' }, caller));
    await first.pass(4_200);
    const { pass, store } = await setup({ image: first.crash(), clock: first.clock });
    await pass(20_000);
    const numbers = store.snapshot().tasks.map((task) => task.metadata?.['task_number']);
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(store.snapshot().simulations).toMatchObject([{ status: 'completed', tasksCreated: 10 }]);
  });

  it('makes what there is room for, and the rest when there is more', async () => {
    const { engine, answered, hands, pass, store } = await setup({ pools: [aPool({ capacity: 1 })], options: { maxWaiting: 3 } });
    await answered(engine.simulate(input, caller));
    for (let round = 0; round < 60 && store.snapshot().simulations[0]?.status === 'running'; round++) {
      await pass(1_000);
      for (const seq of hands.running) hands.end(seq);
      await pass();
    }
    expect(store.snapshot().simulations).toMatchObject([{ status: 'completed' }]);
    expect(store.snapshot().tasks).toHaveLength(10);
  });

  it('stops making tasks when the server drains, and goes on at the next start', async () => {
    const first = await setup();
    await first.answered(first.engine.simulate({ ...input, pattern: 'steady' }, caller));
    await first.pass(2_000);
    await first.answered(first.engine.drain(0), 3_000);
    await first.pass(10_000);
    expect(first.store.snapshot().tasks).toHaveLength(3);
    const { pass, store } = await setup({ image: first.crash(), clock: first.clock });
    await pass(20_000);
    expect(store.snapshot().tasks).toHaveLength(10);
  });
});
