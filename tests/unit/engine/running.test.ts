import { describe, expect, it } from 'vitest';
import { RunningAttempt } from '../../../src/core/engine/running.ts';
import { anAttempt } from '../../helpers/attempts.ts';

function setup() {
  const { task, pool } = anAttempt();
  const attempt = new RunningAttempt(task, pool, 0);
  const heard: string[] = [];
  const listen = (name: string) => attempt.onStop(() => heard.push(name));
  return { attempt, heard, listen };
}

describe('a listener to the stop of an attempt', () => {
  it('is called once, however often the attempt is stopped', () => {
    const { attempt, heard, listen } = setup();
    listen('a');
    listen('b');
    attempt.stop('timeout');
    attempt.stop('cancel');
    expect(heard).toEqual(['a', 'b']);
    expect(attempt.stopReason).toBe('cancel');
  });

  it('is called at once when the attempt was stopped before', () => {
    const { attempt, heard, listen } = setup();
    attempt.stop('drain');
    listen('late');
    expect(heard).toEqual(['late']);
  });

  it('is not called after it was taken away, and the others are', () => {
    const { attempt, heard, listen } = setup();
    const leave = listen('gone');
    listen('stays');
    leave();
    leave();
    attempt.stop('timeout');
    expect(heard).toEqual(['stays']);
  });

  it('hears the same stop as the signal', () => {
    const { attempt, heard, listen } = setup();
    const { signal } = attempt;
    listen('listener');
    attempt.stop('deadline');
    expect([heard, signal.aborted, signal.reason]).toEqual([['listener'], true, 'deadline']);
  });
});
