import { describe, expect, it } from 'vitest';
import { unblockView } from '../../../src/api/views/unblock.ts';
import { mostNodeSlots } from '../../../src/core/domain/pool.ts';
import { aCore, anEntry, aPool } from '../../helpers/scheduling.ts';

const ofMachines = aPool({ capacity: 2, onNodes: true, widest: 2, partNodes: [{ slots: 2, count: 1, types: ['*'] }] });

/** What is told of a task that is larger than every machine there is. */
function told(task: { readonly slots?: number; readonly parts?: number }, pool = ofMachines) {
  const { core, submit } = aCore({ pools: [pool] });
  submit(task);
  const { summary, clearedBy } = core.unroutable(anEntry(task)) ?? {};
  const nodes = [...core.unlock(1, 0), ...core.remedies(1)].filter(({ change }) => change === 'start_node');
  const sentences = nodes.map((one) => unblockView({ ...one, startsOn: null, couldRunOn: null, placements: null, isStep: false }).summary);
  return { summary, clearedBy, sentences, who: core.remedies(1).map(({ change }) => change) };
}

describe('a task that no machine of a pool holds', () => {
  it('is held by one that is larger', () => {
    expect(told({ slots: mostNodeSlots })).toMatchObject({
      ...{ summary: expect.stringMatching(/ A worker node with 1024 slots or more would hold it\.$/), clearedBy: 'operator' },
      sentences: ['Start a worker node for pool-1 with 1024 slots or more.'],
    });
  });

  it('that may be none is for who submitted it: no node is asked for that nobody can start', () => {
    for (const pool of [ofMachines, aPool({ state: 'paused', closedBy: 'no_node', onNodes: true, capacity: mostNodeSlots })]) {
      const { summary, clearedBy, sentences, who } = told({ slots: 3_000 }, pool);
      expect(summary).not.toContain('worker node');
      expect([clearedBy, sentences]).toEqual(['submitter', []]);
      expect(who).toContain('fewer_slots');
    }
    expect(told({ slots: 3_000, parts: 2 })).toMatchObject({ clearedBy: 'submitter', sentences: [] });
  });

  it('in several parts is held by one for all that find no place, which runs parts', () => {
    expect(told({ parts: 5 })).toMatchObject({
      summary: expect.stringMatching(/ A worker node more with 3 slots or more, which runs parts, would hold it\.$/),
      sentences: ['Start a worker node for pool-1 with 3 slots or more, which runs parts.'],
    });
  });

  it('in several parts is held by one for each of them, where none may be large enough for all', () => {
    expect(told({ slots: 100, parts: 64 })).toMatchObject({
      ...{
        summary: expect.stringMatching(/ 64 worker nodes more with 100 slots or more each, which run parts, would hold it\.$/),
        clearedBy: 'operator',
      },
      sentences: ['Start 64 worker nodes for pool-1 with 100 slots or more each, which run parts.'],
    });
  });
});
