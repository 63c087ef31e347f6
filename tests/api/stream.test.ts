import { describe, expect, it } from 'vitest';
import { commitOf } from '../../src/api/live/commit.ts';
import { ndjson, sse } from '../../src/api/live/frames.ts';
import type { Sink } from '../../src/api/live/sink.ts';
import { createStream, maxBuffered, type StreamOptions } from '../../src/api/live/stream.ts';
import type { LogEntry } from '../../src/core/domain/events.ts';
import { createVirtualClock } from '../../src/core/replay/virtual-clock.ts';
import { turns } from '../helpers/app.ts';
import { framesIn } from '../helpers/event-stream.ts';

const entry = (seq: number, size = 0): LogEntry => ({
  seq,
  at: 0,
  type: 'created',
  taskSeq: seq,
  taskId: `t${seq}`,
  details: { note: 'x'.repeat(size) },
});

/** A client that reads nothing unless the test lets it, and a log that the test writes. */
function setupStream(options: Partial<StreamOptions> = {}, { slow = false, logged = 0 } = {}) {
  const log: LogEntry[] = Array.from({ length: logged }, (_, i) => entry(i + 1, 100));
  let buffered = 0;
  let text = '';
  let closed = false;
  let drain: (() => void) | undefined;
  let close = () => {};
  const sink: Sink = {
    get buffered() {
      return buffered;
    },
    get isFull() {
      return slow && buffered > 16_384;
    },
    write(more) {
      text += more;
      buffered += slow ? more.length : 0;
    },
    drained: () => new Promise<void>((resolve) => (drain = resolve)),
    end: () => close(),
    cut: () => close(),
    onClose(listener) {
      const before = close;
      close = () => {
        closed = true;
        before();
        listener();
      };
    },
  };
  const clock = createVirtualClock();
  const reads: number[] = [];
  const engine = {
    logBounds: () => ({ floor: 1, head: log.length }),
    async logAfter(seq: number, limit: number) {
      reads.push(seq);
      return log.slice(seq, seq + limit);
    },
  };
  const deps = { engine, clock, board: { snapshot: () => '{"seq":0}' }, failed: (error: unknown) => expect.fail(String(error)) };
  const base = { format: sse, filter: undefined, since: 0, snapshot: false, topics: new Set<never>(), batchMs: 0, retryMs: 1_000 };
  const stream = createStream(deps, sink, { ...base, ...options });
  return {
    stream,
    clock,
    reads,
    /** Commits `count` entries. @returns what the feed hands on */
    commit(count: number, size = 0) {
      const entries = Array.from({ length: count }, (_, i) => entry(log.length + 1 + i, size));
      log.push(...entries);
      return commitOf(entries);
    },
    read() {
      buffered = 0;
      drain?.();
    },
    get seqs() {
      return framesIn(text).flatMap(({ data, event }) => (event === 'task.created' ? [data.seq] : []));
    },
    get text() {
      return text;
    },
    get closed() {
      return closed;
    },
  };
}

const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

describe('a live stream', () => {
  it('is cut when more than 1 MiB waits for its client', async () => {
    const client = setupStream({}, { slow: true });
    await turns(2);
    while (!client.closed) {
      expect(client.text.length).toBeLessThan(maxBuffered + 100_000);
      client.stream.take(client.commit(10, 5_000));
    }
    expect(client.text.length).toBeGreaterThan(maxBuffered);
  });

  it('of a client that takes nothing between two beats is cut', async () => {
    const client = setupStream({}, { slow: true });
    await turns(2);
    client.stream.take(client.commit(10, 5_000));
    client.stream.beat();
    client.read();
    client.stream.beat();
    expect(client.closed).toBe(false);
    client.stream.take(client.commit(10, 5_000));
    client.stream.beat();
    client.stream.beat();
    expect(client.closed).toBe(true);
  });

  it('reads the log no faster than its client', async () => {
    const client = setupStream({}, { slow: true, logged: 5_000 });
    await turns(50);
    expect(client.reads).toEqual([0]);
    client.read();
    await turns(50);
    expect(client.reads).toEqual([0, 1_000]);
    while (client.seqs.length < 5_000) {
      client.read();
      await turns(1);
    }
    expect(client.seqs).toEqual(upTo(5_000));
  });

  it('reads the log again when it missed a commit', async () => {
    const client = setupStream();
    await turns(2);
    client.stream.take(client.commit(2));
    client.commit(3); // nobody told it
    client.stream.take(client.commit(1));
    await turns(5);
    client.stream.take(client.commit(1));
    expect(client.seqs).toEqual(upTo(7));
  });

  it('takes no commit twice, nor a part of one', async () => {
    const client = setupStream();
    const known = client.commit(3);
    await turns(5);
    client.stream.take(known);
    const more = client.commit(2);
    client.stream.take(more);
    client.stream.take(more);
    client.stream.take(commitOf([entry(4), entry(5), entry(6)]));
    expect(client.seqs).toEqual(upTo(6));
  });

  it('skips state frames while its client is slow, and makes up for them with a snapshot', async () => {
    const client = setupStream({ topics: new Set(['stats'] as const) }, { slow: true });
    await turns(2);
    client.stream.take(client.commit(10, 5_000));
    for (let i = 0; i < 100; i++) client.stream.tell('stats', `{"n":${i}}`);
    expect(client.text).not.toContain('event: stats');
    client.read();
    client.stream.tell('stats', '{"n":100}');
    expect(framesIn(client.text).at(-1)).toMatchObject({ event: 'snapshot', id: 10 });
    client.stream.tell('stats', '{"n":101}');
    expect(framesIn(client.text).at(-1)).toMatchObject({ event: 'stats', id: undefined, data: { n: 101 } });
  });

  it('leaves no timer behind when its client goes', async () => {
    const client = setupStream({ batchMs: 500 });
    await turns(2);
    client.stream.take(client.commit(1));
    expect(client.clock.pending()).toBe(1);
    client.stream.end(2_000);
    expect(client.clock.pending()).toBe(0);
    expect(client.seqs).toEqual([1]);
    expect(framesIn(client.text).at(-1)?.retry).toBe(2_000);
    const before = client.text;
    client.stream.take(client.commit(1));
    client.stream.beat();
    client.stream.renew();
    client.stream.end(1);
    expect(client.text).toBe(before);
  });
});

describe('a commit', () => {
  it('is written out once for all who listen', () => {
    const commit = commitOf([entry(1), entry(2)]);
    expect(commit.text(sse)).toBe(commit.text(sse));
    expect(commit.text(sse)).toBe(commit.frames.map(sse.entry).join(''));
    expect(commit.text(ndjson).trim().split('\n')).toEqual(commit.frames.map(({ json }) => json));
  });
});
