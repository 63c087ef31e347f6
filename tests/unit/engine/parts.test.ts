import { expect, it } from 'vitest';
import { runParts } from '../../../src/core/engine/parts.ts';
import type { AttemptHandle } from '../../../src/core/ports/executor.ts';
import { aPool } from '../../helpers/engine.ts';

it('parts that wait for each other: the time limit counts from when the last of them is ready, however early each was fetched', async () => {
  const pool = aPool({ name: 'far', executor: 'node' }) as unknown as AttemptHandle['pool'];
  const told: string[] = [];
  const whole = {
    signal: new AbortController().signal,
    begun: () => told.push('begun'),
    onStop: () => () => {},
    onSettled: () => {},
  } as unknown as AttemptHandle;
  const place = { pool, isRemote: true, tellsReady: true };
  let begin = () => {};
  const laidDown = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const ended = runParts(whole, [place, place], async (attempt) => {
    attempt.begun?.();
    if (attempt.part?.index === 1) await laidDown;
    await attempt.part?.ready?.();
    told.push('runs');
    return { kind: 'succeeded', result: null };
  });
  expect(told).toEqual(['begun']);
  begin();
  await ended;
  expect(told.slice(0, 2)).toEqual(['begun', 'begun']);
  expect(told.filter((what) => what === 'runs')).toHaveLength(2);
});
