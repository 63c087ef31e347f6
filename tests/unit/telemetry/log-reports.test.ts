import { expect, it } from 'vitest';
import { logReports } from '../../../src/telemetry/log-reports.ts';
import { anAttempt } from '../../helpers/attempts.ts';

it('logs lines and not progress, and says which part a line is of, where a task has several', () => {
  const lines: unknown[] = [];
  const log = logReports({ info: (fields) => lines.push(fields) });
  log(anAttempt({ task: { id: 'a' }, attempt: 2 }), { kind: 'log', message: 'here' });
  log(anAttempt({ task: { id: 'b' }, part: { index: 0, count: 3, together: 3 } }), { kind: 'log', message: 'there' });
  log(anAttempt(), { kind: 'progress', ratio: 0.5, note: null });
  expect(lines).toEqual([
    { task: 'a', attempt: 2, kind: 'log', message: 'here' },
    { task: 'b', attempt: 1, part: 0, kind: 'log', message: 'there' },
  ]);
});
