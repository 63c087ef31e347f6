import { describe, expect, it } from 'vitest';
import { createTimers, type Timer } from '../../../src/core/engine/timers.ts';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';

function setup() {
  const clock = createVirtualClock();
  const timers = createTimers(clock);
  const fired: string[] = [];
  const fire = (timer: Timer) => void fired.push(`${timer.seq} at ${clock.monotonicMs()}`);
  return { clock, timers, fired, fire };
}

describe('timers', () => {
  it('fire in order of time, never early and at most a tick late', () => {
    const { clock, timers, fired, fire } = setup();
    timers.add(12, 1, fire);
    timers.add(3, 2, fire);
    timers.add(40, 3, fire);
    clock.advanceTo(100);
    expect(fired).toEqual(['2 at 5', '1 at 15', '3 at 40']);
  });

  it('share one armed timer of the clock', () => {
    const { clock, timers, fire } = setup();
    for (let seq = 1; seq <= 1_000; seq++) timers.add(seq * 7, seq, fire);
    expect([clock.pending(), timers.size]).toEqual([1, 1_000]);
  });

  it('wake nobody once all are removed', () => {
    const { clock, timers, fire } = setup();
    const both = [timers.add(5, 1, fire), timers.add(10, 2, fire)];
    for (const timer of both) timers.remove(timer);
    clock.advanceTo(5);
    expect([clock.pending(), timers.size]).toEqual([0, 0]);
  });

  it('can be removed by one that fires in the same tick', () => {
    const { clock, timers, fired, fire } = setup();
    let second: Timer | undefined;
    timers.add(5, 1, () => second !== undefined && timers.remove(second));
    second = timers.add(5, 2, fire);
    clock.advanceTo(5);
    expect(fired).toEqual([]);
    expect(timers.size).toBe(0);
  });

  it('may be removed twice, or after they fired', () => {
    const { clock, timers, fire } = setup();
    const timer = timers.add(5, 1, fire);
    clock.advanceTo(5);
    timers.remove(timer);
    timers.remove(timer);
    expect(timers.size).toBe(0);
  });

  it('arm an earlier one when it comes later', () => {
    const { clock, timers, fired, fire } = setup();
    timers.add(1_000, 1, fire);
    timers.add(10, 2, fire);
    clock.advanceTo(10);
    expect(fired).toEqual(['2 at 10']);
  });

  it('may add others while they fire, also due at once', () => {
    const { clock, timers, fired, fire } = setup();
    timers.add(5, 1, () => timers.add(0, 2, fire));
    clock.advanceTo(10);
    expect(fired).toEqual(['2 at 5']);
  });

  it('wait longer than one timeout of Node.js can', () => {
    const { clock, timers, fired, fire } = setup();
    const inAYear = 365 * 24 * 3_600_000;
    timers.add(inAYear, 1, fire);
    clock.advanceTo(inAYear - 1);
    expect(fired).toEqual([]);
    clock.advanceTo(inAYear);
    expect(fired).toHaveLength(1);
  });

  it('do nothing after a stop, whenever they were added', () => {
    const { clock, timers, fired, fire } = setup();
    timers.add(5, 1, fire);
    timers.stop();
    timers.add(5, 2, fire);
    clock.advanceTo(1_000);
    expect([fired, clock.pending(), timers.size]).toEqual([[], 0, 0]);
  });
});
