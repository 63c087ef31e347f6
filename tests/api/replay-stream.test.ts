import { describe, expect, it } from 'vitest';
import { ndjson, sse } from '../../src/api/live/frames.ts';
import { followReplay } from '../../src/api/live/replay-stream.ts';
import type { Sink } from '../../src/api/live/sink.ts';
import type { Replay } from '../../src/core/domain/replay.ts';
import type { Topic } from '../../src/core/engine/event-bus.ts';
import { createVirtualClock } from '../../src/core/replay/virtual-clock.ts';

const running: Replay = {
  ...{ id: 'r', by: 'me', startedAt: 0, endedAt: null, status: 'running', progress: { done: 0, total: 9 }, result: null, error: null },
  request: { from: 0, to: 1, strategies: [{ name: 'fifo', params: {} }], pools: [], seed: 1 },
};

/** A replay that the test drives, and a client that takes everything unless it is told not to. */
function setup({ seen, format = sse }: { seen?: string; format?: typeof sse } = {}) {
  let replay: Replay | undefined = running;
  let text = '';
  let close = () => {};
  const listeners = new Set<(topic: Topic) => void>();
  const client = { isFull: false, isOpen: true };
  const sink: Sink = {
    buffered: 0,
    get isFull() {
      return client.isFull;
    },
    write(more) {
      text += more;
    },
    drained: () => Promise.resolve(),
    end: () => close(),
    cut: () => close(),
    onClose: (listener) => {
      close = () => {
        client.isOpen = false;
        listener();
      };
    },
  };
  const clock = createVirtualClock();
  const events = {
    onEntries: () => () => {},
    onChange(listener: (topic: Topic) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  followReplay({ engine: { events, replayOf: () => replay }, clock }, sink, format, 'r', seen);
  return {
    client,
    sink,
    clock,
    pass: (ms: number) => clock.advanceTo(clock.monotonicMs() + ms),
    listeners,
    /** It changes, and the bus says so. */
    now(change: Partial<Replay> | undefined) {
      replay = change === undefined ? undefined : { ...running, ...change };
      for (const listener of listeners) listener('replays');
    },
    at: (done: number): Partial<Replay> => ({ progress: { done, total: 9 } }),
    frames: () =>
      [...text.matchAll(/id: (\w+)\nevent: (\w+)\ndata: (.*)\n\n/g)].map(([, id, name, data]) => [
        id,
        name,
        JSON.parse(data ?? '').progress.done,
      ]),
    text: () => text,
  };
}

describe('the stream of a replay', () => {
  it('tells at once what it is at, then what is new at a pace, then the end, and is over', () => {
    const { pass, now, at, frames, client, listeners } = setup();
    expect(frames()).toEqual([['0', 'progress', 0]]);
    for (const done of [1, 2, 3]) now(at(done));
    expect(frames()).toHaveLength(1);
    pass(250);
    now(at(3));
    pass(250);
    expect(frames()).toEqual([
      ['0', 'progress', 0],
      ['3', 'progress', 3],
    ]);
    now({ ...at(9), status: 'completed' });
    pass(250);
    expect(frames().at(-1)).toEqual(['end', 'ended', 9]);
    expect([client.isOpen, listeners.size]).toEqual([false, 0]);
  });

  it('tells who comes back only what is new', () => {
    const { pass, now, at, frames } = setup({ seen: '0' });
    expect(frames()).toEqual([]);
    now(at(4));
    pass(250);
    expect(frames()).toEqual([['4', 'progress', 4]]);
  });

  it('passes over what a slow client would not take, and never the end', () => {
    const { pass, now, at, frames, client } = setup();
    client.isFull = true;
    now(at(4));
    pass(250);
    expect(frames()).toHaveLength(1);
    client.isFull = false;
    pass(10_000);
    expect(frames().at(-1)).toEqual(['4', 'progress', 4]);
    client.isFull = true;
    now({ ...at(5), status: 'cancelled' });
    pass(250);
    expect(frames().at(-1)).toEqual(['end', 'ended', 5]);
  });

  it('ends when the replay is forgotten, and leaves no timer when the client goes', () => {
    const forgotten = setup();
    forgotten.now(undefined);
    forgotten.pass(250);
    expect(forgotten.client.isOpen).toBe(false);
    const gone = setup({ format: ndjson });
    gone.now(gone.at(1));
    const before = gone.text();
    expect(before).toContain('{"type":"progress","id":"0","data":{');
    gone.sink.end();
    gone.pass(60_000);
    expect([gone.text(), gone.clock.pending()]).toEqual([before, 0]);
  });
});
