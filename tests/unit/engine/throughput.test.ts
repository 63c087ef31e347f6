import { describe, expect, it } from 'vitest';
import { createThroughput } from '../../../src/core/engine/throughput.ts';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';

function setup() {
  const clock = createVirtualClock();
  return { clock, throughput: createThroughput(clock) };
}

describe('throughput', () => {
  it('counts at least one second, so that the first end is not a flood', () => {
    const { throughput } = setup();
    throughput.add(3);
    expect(throughput.perSecond()).toBe(3);
  });

  it('divides by the uptime while it is young', () => {
    const { clock, throughput } = setup();
    throughput.add(20);
    clock.advanceTo(10_000);
    expect(throughput.perSecond()).toBe(2);
  });

  it('forgets what ended more than a minute ago', () => {
    const { clock, throughput } = setup();
    throughput.add(600);
    clock.advanceTo(59_000);
    throughput.add(60);
    clock.advanceTo(59_999);
    expect(throughput.perSecond()).toBe(660 / 59.999);
    clock.advanceTo(60_000);
    expect(throughput.perSecond()).toBe(1);
    clock.advanceTo(200_000);
    expect(throughput.perSecond()).toBe(0);
  });
});
