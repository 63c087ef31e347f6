import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isTerminal, nextStatus, stateMachineDiagram, taskStatuses, transitions } from '../../../src/core/domain/task-status.ts';

describe('the lifecycle table', () => {
  it('has no arrow out of a terminal status', () => {
    for (const status of taskStatuses.filter(isTerminal)) expect(transitions[status]).toEqual({});
  });

  it('reaches every status from a submit', () => {
    const reached = new Set<string>(['queued', 'delayed']);
    for (let before = 0; before !== reached.size; ) {
      before = reached.size;
      for (const from of taskStatuses) if (reached.has(from)) for (const to of Object.values(transitions[from])) reached.add(to);
    }
    expect([...reached].sort()).toEqual([...taskStatuses].sort());
  });

  it('answers undefined for an arrow it does not have', () => {
    expect(nextStatus('queued', 'dispatch')).toBe('processing');
    expect(nextStatus('completed', 'retry')).toBeUndefined();
    expect(nextStatus('delayed', 'dispatch')).toBeUndefined();
  });

  it('is what docs/state-machine.md draws', () => {
    const page = readFileSync(new URL('../../../docs/state-machine.md', import.meta.url), 'utf8');
    expect(page).toContain(stateMachineDiagram());
  });
});
