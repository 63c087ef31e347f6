import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../../../src/core/executors/node/registry.ts';
import { createWatch } from '../../../../src/core/executors/node/watch.ts';
import type { Clock } from '../../../../src/core/ports/clock.ts';
import { createVirtualClock } from '../../../../src/core/replay/virtual-clock.ts';
import { silent as quiet } from '../../../helpers/engine.ts';

/** A clock that can stand still with everything on it, as a stopped process does, and then finds that time went on. */
function stoppable() {
  const virtual = createVirtualClock();
  let sleptMs = 0;
  const clock: Clock = { ...virtual, monotonicMs: () => virtual.monotonicMs() + sleptMs };
  return {
    clock,
    pass: (ms: number) => virtual.advanceTo(virtual.monotonicMs() + ms),
    sleep(ms: number) {
      sleptMs += ms;
    },
    pending: () => virtual.pending(),
  };
}

function watched() {
  const time = stoppable();
  const registry = createRegistry({ clock: time.clock, maxNodes: 10 });
  const seen: string[] = [];
  const deps = {
    ...{ clock: time.clock, logger: quiet, registry, unconfirmed: () => {} },
    silent(node: { spec: { id: string }; isSilent: boolean }) {
      node.isSilent = true;
      seen.push(`${node.spec.id} silent`);
    },
    lost(node: Parameters<typeof registry.leave>[0]) {
      registry.leave(node, true);
      seen.push(`${node.spec.id} lost`);
    },
  };
  const watch = createWatch(deps, 30_000);
  const join = (id: string) => {
    const node = registry.enter({ id, pool: 'p', types: ['*'], slots: 1, runsParts: false, agent: null }, id);
    node.dueMs = node.seenMs + 12_000;
    watch.arm();
    return node;
  };
  return { ...time, registry, watch, join, seen };
}

describe('the watch over nodes', () => {
  it('says who is silent, then who is lost, within a second of the time', () => {
    const { join, seen, pass } = watched();
    join('a');
    pass(11_999);
    expect(seen).toEqual([]);
    pass(1);
    expect(seen).toEqual(['a silent']);
    pass(17_999);
    expect(seen).toEqual(['a silent']);
    pass(1_001);
    expect(seen).toEqual(['a silent', 'a lost']);
  });

  it('makes every lease longer by the time the server itself was held up', () => {
    const { join, seen, pass, sleep } = watched();
    const node = join('a');
    pass(5_000);
    sleep(120_000);
    pass(7_000);
    expect(seen).toEqual([]);
    node.seenMs += 10_000;
    node.dueMs += 10_000;
    pass(9_999);
    expect(seen).toEqual([]);
    pass(1);
    expect(seen).toEqual(['a silent']);
  });

  it('does not take a small delay for a stop', () => {
    const { join, seen, pass, sleep } = watched();
    join('a');
    sleep(1_900);
    pass(12_000);
    expect(seen).toEqual(['a silent']);
  });

  it('looks at nothing when nobody is there, and no more once it is closed', () => {
    const { registry, join, watch, pass, pending, seen } = watched();
    expect(pending()).toBe(0);
    registry.leave(join('a'), false);
    pass(60_000);
    expect(pending()).toBe(0);
    join('b');
    watch.close();
    pass(60_000);
    expect([pending(), seen]).toEqual([0, []]);
  });
});
