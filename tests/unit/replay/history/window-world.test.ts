import { expect, it } from 'vitest';
import { type WindowWorld, type WorldChange, withNotedPools } from '../../../../src/core/replay/history/window-world.ts';

it('pools are as they were noted, and after the last note as they were asked to be', () => {
  const gone = (id: number): WorldChange => ({ kind: 'pool_gone', id });
  const up: WorldChange = { kind: 'up' };
  const asked: WindowWorld = {
    ...{ start: [gone(1)], epoch: undefined, notes: [] },
    changes: [
      { at: 20, change: gone(2) },
      { at: 30, change: up },
      { at: 60, change: gone(3) },
    ],
  };
  const noted = [{ at: 25, change: gone(4) }];
  const { start, changes } = withNotedPools(asked, noted, 10, 50);
  expect(start).toEqual([]);
  expect(changes).toEqual([
    { at: 25, change: gone(4) },
    { at: 30, change: up },
    { at: 60, change: gone(3) },
  ]);
});
