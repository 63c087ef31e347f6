import { describe, expect, it } from 'vitest';
import { easyReservations } from '../../../src/core/strategies/overtaking.ts';
import { aCore, anEntry, aPool, aStrategy } from '../../helpers/scheduling.ts';

const node = (slots: number, count = 1, types = ['*']) => ({ slots, count, types });

describe('parts on pools of several machines', () => {
  it('fit machine by machine, and the rest of a gang goes elsewhere', () => {
    const far = aPool({ id: 1, capacity: 6, partNodes: [node(3, 2)] });
    const { core, submit } = aCore({ pools: [far, aPool({ id: 2, capacity: 4 })] });
    submit({ parts: 4, slots: 2 });
    expect(core.decide(0).map(({ parts }) => parts)).toEqual([[1, 1, 2, 2]]);
    expect([core.loadOf(1), core.loadOf(2)]).toEqual([4, 4]);
  });

  it('are given no pool whose machines are all too small for one, however many slots are free', () => {
    const far = aPool({ id: 1, capacity: 12, partNodes: [node(2)] });
    const { core, submit } = aCore({ pools: [far, aPool({ id: 2, capacity: 6 })] });
    submit({ parts: 2, slots: 3 });
    expect(core.decide(0).map(({ parts }) => parts)).toEqual([[2, 2]]);
    expect(core.unroutable(anEntry({ parts: 3, slots: 3 }))).toMatchObject({ code: 'larger_than_any_pool', missing: 'parts', have: 2 });
  });

  it('count machines that run their type, and tasks of one part all slots', () => {
    const far = aPool({ id: 1, capacity: 8, partNodes: [node(2, 2, ['order']), node(4, 1, ['other'])] });
    const { core, submit, starts } = aCore({ pools: [far] });
    expect(core.unroutable(anEntry({ type: 'order', parts: 5 }))).toMatchObject({ missing: 'parts', need: 5, have: 4 });
    expect(core.unroutable(anEntry({ type: 'order', parts: 4 }))).toBeUndefined();
    submit({ type: 'order', slots: 8 });
    expect(starts()).toHaveLength(1);
  });

  it('wait until a machine comes, and start with the last that was missing', () => {
    const far = aPool({ id: 1, capacity: 3, partNodes: [node(3)] });
    const { submit, starts, setPool } = aCore({ pools: [far] });
    submit({ parts: 2, slots: 2 });
    expect(starts()).toEqual([]);
    setPool({ ...far, capacity: 6, partNodes: [node(3, 2)] });
    expect(starts()).toEqual([[1, 'pool-1']]);
  });

  it('wait in the queue while other parts take the machines that run some, and idle slots go to tasks of one part', () => {
    const { core, submit, starts } = aCore({ pools: [aPool({ id: 1, capacity: 10, partNodes: [node(2)] })] });
    submit({ parts: 2 }, { parts: 2 });
    for (let i = 0; i < 8; i++) submit({});
    expect(starts()).toHaveLength(9);
    expect(core.explain(2, 0)).toMatchObject({ holds: [{ code: 'waiting_for_gang', need: 2, have: 0 }] });
    core.finish(1, 0);
    expect(starts()).toEqual([[2, 'pool-1']]);
  });

  it('are not begun for what is left over of each machine beside other parts', () => {
    const { core, submit, starts } = aCore({ pools: [aPool({ id: 1, capacity: 12, partNodes: [node(3, 4)] })] });
    for (let i = 0; i < 3; i++) submit({ parts: 2, slots: 2 });
    for (let i = 0; i < 4; i++) submit({});
    expect(starts().map(([seq]) => seq)).toEqual([1, 2, 4, 5, 6, 7]);
    expect(core.loadOf(1)).toBe(12);
  });

  it('count parts of other sizes as wide as they are, on whatever machine they may be', () => {
    const { submit, starts } = aCore({ pools: [aPool({ id: 1, capacity: 8, partNodes: [node(2, 4)] })] });
    submit({ parts: 3 });
    submit({ parts: 2, slots: 2 });
    expect(starts().map(([seq]) => seq)).toEqual([1]);
  });

  it('do not wait for parts of another type that have machines of their own', () => {
    const far = aPool({ id: 1, capacity: 6, partNodes: [node(2, 1, ['order']), node(2, 1, ['other']), node(2)] });
    const { submit, starts } = aCore({ pools: [far] });
    submit({ type: 'other', parts: 2 });
    submit({ type: 'order', parts: 4 });
    submit({ type: 'order', parts: 2 });
    expect(starts().map(([seq]) => seq)).toEqual([1, 2]);
  });

  it('keep no slots that they could not use before other parts end', () => {
    const overtaking = { strict: 'shape', reservations: { ...easyReservations, share: 1 } } as const;
    const pools = [aPool({ id: 1, capacity: 12, partNodes: [node(3, 4)] })];
    const { core, submit, starts } = aCore({ pools, strategy: { ...aStrategy('fifo'), overtaking } });
    for (let i = 0; i < 3; i++) submit({ parts: 2, slots: 2, estimateMs: 1_000 });
    for (let i = 0; i < 4; i++) submit({ estimateMs: 9_000 });
    expect(starts().map(([seq]) => seq)).toEqual([1, 2, 4, 5, 6, 7]);
    core.finish(1, 10, 'succeeded');
    expect(starts(10).map(([seq]) => seq)).toEqual([3]);
  });

  it('leave the machines that are kept for others: slots beside those are no places for parts', () => {
    const overtaking = { strict: 'shape', reservations: { ...easyReservations, share: 1 } } as const;
    const pools = [aPool({ id: 1, capacity: 12, partNodes: [node(1, 4)] })];
    const { submit, starts } = aCore({ pools, strategy: { ...aStrategy('fifo'), overtaking } });
    submit({ parts: 2, estimateMs: 10_000 });
    submit({ parts: 4, estimateMs: 10_000 });
    submit({ parts: 2, estimateMs: 60_000 }, { type: 'other', parts: 2, estimateMs: 5_000 });
    submit({ estimateMs: 60_000 });
    expect(starts().map(([seq]) => seq)).toEqual([1, 4, 5]);
  });
});
