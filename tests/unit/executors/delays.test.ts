import { describe, expect, it } from 'vitest';
import { createDelays } from '../../../src/core/executors/delays.ts';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';

function setup() {
  const clock = createVirtualClock();
  const seen: number[] = [];
  const delays = createDelays(clock);
  return { clock, delays, seen, note: () => void seen.push(clock.monotonicMs()) };
}

describe('delays', () => {
  it('each ends at its own time, an earlier one that comes later included', () => {
    const { clock, delays, seen, note } = setup();
    delays.after(30, note);
    delays.after(10, note);
    delays.after(20, () => {
      note();
      delays.after(5, note);
    });
    clock.advanceTo(100);
    expect(seen).toEqual([10, 20, 25, 30]);
    expect(clock.pending()).toBe(0);
  });

  it('one that is called off does not run and holds up no other', () => {
    const { clock, delays, seen, note } = setup();
    const callOff = delays.after(10, note);
    delays.after(20, note);
    callOff();
    callOff();
    clock.advanceTo(100);
    expect(seen).toEqual([20]);
  });

  it('one that calls off another due at the same time is obeyed', () => {
    const { clock, delays, seen, note } = setup();
    delays.after(10, () => callOff());
    const callOff = delays.after(10, note);
    clock.advanceTo(100);
    expect(seen).toEqual([]);
  });

  it('clear calls off all and leaves no timer', () => {
    const { clock, delays, seen, note } = setup();
    delays.after(10, note);
    delays.after(20, note);
    delays.clear();
    expect(clock.pending()).toBe(0);
    clock.advanceTo(100);
    expect(seen).toEqual([]);
    delays.after(1, note);
    clock.advanceTo(200);
    expect(seen).toEqual([101]);
  });
});
