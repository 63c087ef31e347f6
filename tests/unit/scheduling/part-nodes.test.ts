import { describe, expect, it } from 'vitest';
import { aCore, anEntry, aPool } from '../../helpers/scheduling.ts';

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
});
