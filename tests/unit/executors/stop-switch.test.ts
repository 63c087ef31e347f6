import { describe, expect, it } from 'vitest';
import { createStopSwitch } from '../../../src/core/executors/stop-switch.ts';

describe('a stop switch', () => {
  it('tells who listens once, and who comes later at once', () => {
    const heard: string[] = [];
    const stop = createStopSwitch();
    stop.onStop(() => heard.push('left'))();
    stop.onStop(() => heard.push('early'));
    const { signal } = stop;
    stop.throw('cancel');
    stop.throw('timeout');
    stop.onStop(() => heard.push('late'));
    expect(heard).toEqual(['early', 'late']);
    expect([stop.isThrown, signal.aborted, signal.reason]).toEqual([true, true, 'cancel']);
  });

  it('has a signal that is raised already for who asks afterwards', () => {
    const stop = createStopSwitch();
    expect(stop.isThrown).toBe(false);
    stop.throw('drain');
    expect([stop.signal.aborted, stop.signal.reason, stop.signal]).toEqual([true, 'drain', stop.signal]);
  });
});
