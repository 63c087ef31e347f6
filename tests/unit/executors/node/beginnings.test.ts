import { describe, expect, it } from 'vitest';
import { createBeginnings } from '../../../../src/core/executors/node/beginnings.ts';
import type { Lease } from '../../../../src/core/executors/node/lease.ts';
import { createVirtualClock } from '../../../../src/core/replay/virtual-clock.ts';
import { turn } from '../../../helpers/engine.ts';

/** A lease of a part whose line counts who listens to it. */
function setup() {
  const clock = createVirtualClock();
  const line = { listeners: 0, open: () => {} };
  class Counted extends Promise<void> {
    // biome-ignore lint/suspicious/noThenProperty: it counts who waits for it
    override then: Promise<void>['then'] = (...listeners) => {
      line.listeners++;
      return super.then(...listeners);
    };
    static override get [Symbol.species]() {
      return Promise;
    }
  }
  const all = new Counted((open) => {
    line.open = open;
  });
  const lease = { attempt: { part: { index: 0, count: 2, together: 2, ready: () => all } } } as unknown as Lease;
  const beginnings = createBeginnings(clock);
  const pass = (ms = 0) => clock.settleTo(clock.monotonicMs() + ms, turn);
  const signals = new AbortController();
  return {
    ...{ clock, line, beginnings, pass, signals },
    ask: (waitMs: number) => beginnings.ask(lease, { waitMs, signal: signals.signal }),
  };
}

describe('a node that asks whether its part may begin', () => {
  it('is one listener, however often it asks', async () => {
    const { ask, line, pass } = setup();
    for (let i = 0; i < 50; i++) {
      const answer = ask(0);
      await pass();
      expect(await answer).toBe(false);
    }
    expect(line.listeners).toBe(1);
    const last = ask(1_000);
    line.open();
    expect([await last, await ask(0), line.listeners]).toEqual([true, true, 1]);
  });

  it('is answered when the time is up, when it hung up, and when the server stops, and leaves nothing behind', async () => {
    const { ask, beginnings, clock, pass, signals } = setup();
    const [late, closed] = [ask(10), ask(20)];
    await pass(10);
    expect(await late).toBe(false);
    beginnings.close();
    expect(await closed).toBe(false);
    const gone = ask(30);
    signals.abort();
    expect([await gone, await ask(30), clock.pending()]).toEqual([false, false, 0]);
  });
});
