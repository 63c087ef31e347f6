import { expect, it } from 'vitest';
import { createLoopDelay } from '../../../src/api/plugins/loop-delay.ts';

/** A loop as the test says it is; measuring adds the resolution of 100 ms. */
function setup() {
  const loop = { busy: 0, lateMs: 0, isMeasured: false, measuredFrom: 0, looks: 0 };
  const delay = {
    get count() {
      return loop.isMeasured && loop.looks > loop.measuredFrom ? 10 : 0;
    },
    get mean() {
      return (100 + loop.lateMs) * 1e6;
    },
    enable() {
      loop.isMeasured = true;
      loop.measuredFrom = loop.looks;
      return true;
    },
    disable() {
      loop.isMeasured = false;
      return true;
    },
    reset() {},
  };
  const watch = createLoopDelay({ busy: () => loop.busy, delay });
  /** A second goes by. */
  const second = (busy: number, lateMs = 0) => {
    Object.assign(loop, { busy, lateMs, looks: loop.looks + 1 });
    return watch.look();
  };
  return { loop, second, watch };
}

it('an idle loop is not measured, so that nothing wakes it', () => {
  const { loop, second } = setup();
  expect([second(0.01), second(0.4), loop.isMeasured]).toEqual([0, 0, false]);
});

it('one that has much to do is measured from then on, until it has little', () => {
  const { loop, second } = setup();
  expect([second(0.99, 300), loop.isMeasured]).toEqual([0, true]);
  expect([second(1, 300), second(1, 250)]).toEqual([300, 250]);
  expect([second(0.1, 5), loop.isMeasured]).toEqual([5, false]);
  expect(second(0.1, 5)).toBe(0);
});

it('is not measured any more once it is closed', () => {
  const { loop, second, watch } = setup();
  second(1);
  watch.close();
  expect(loop.isMeasured).toBe(false);
});
