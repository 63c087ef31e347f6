import { describe, expect, it } from 'vitest';
import { createSlotNumbers } from '../../../src/core/executors/bundle/slot-numbers.ts';

function setup(usual: number) {
  const there = new Set<number>();
  const slots = createSlotNumbers(usual, (pid) => there.has(pid));
  let pid = 100;
  /** Runs a job whose first process shows until `there` is cleared. */
  const job = () => {
    const slot = slots.take();
    slots.started(slot, { firstPid: ++pid });
    there.add(pid);
    slots.free(slot);
    return slot;
  };
  return { slots, there, job };
}

describe('slots of jobs', () => {
  it('of jobs at once are all different, however many', () => {
    const { slots } = setup(2);
    expect([slots.take(), slots.take(), slots.take()]).toEqual([0, 1, 2]);
  });

  it('rest while their last job still shows, up to the usual number of slots; then the longest rested is taken', () => {
    const { job } = setup(3);
    expect([job(), job(), job(), job(), job()]).toEqual([0, 1, 2, 0, 1]);
  });

  it('are used again, the longest rested first, once their last job is gone', () => {
    const { job, there } = setup(64);
    const used = [job(), job()];
    there.clear();
    expect([...used, job(), job(), job()]).toEqual([0, 1, 0, 1, 2]);
  });

  it('of a job that never began are free at once', () => {
    const { slots } = setup(64);
    const slot = slots.take();
    slots.started(slot, { firstPid: undefined });
    slots.free(slot);
    expect(slots.take()).toBe(slot);
  });
});
