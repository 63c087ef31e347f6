import type { Engine } from '../../core/engine/engine.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { type Commit, commitOf } from './commit.ts';
import type { FrameFilter } from './filter.ts';
import type { Format, Frame } from './frames.ts';
import type { Sink } from './sink.ts';
import type { StateBoard, StateTopic } from './state-board.ts';

/** Bytes a slow client may leave unread before it is cut; it comes back and resumes by id. */
export const maxBuffered = 1_048_576;
const pageSize = 1_000;

export interface StreamOptions {
  readonly format: Format;
  readonly filter: FrameFilter;
  /** The last seq the client has; `undefined` begins with what comes next. */
  readonly since: number | undefined;
  readonly snapshot: boolean;
  readonly topics: ReadonlySet<StateTopic>;
  /** Entries of so many ms go into one frame; 0: each in its own. */
  readonly batchMs: number;
  readonly retryMs: number;
}

export interface LiveStream {
  readonly topics: ReadonlySet<StateTopic>;
  /** Entries just committed. */
  take(commit: Commit): void;
  /** A state frame, the same for all who want the topic. */
  tell(topic: StateTopic, json: string): void;
  /** The order of pools changed: deltas no longer fit, so everything anew. */
  renew(): void;
  /** Every 10 s: moves the client's resume position, and cuts a client that took nothing since the last time. */
  beat(): void;
  /** @param retryMs when the client should come back */
  end(retryMs: number): void;
}

interface StreamDeps {
  readonly engine: Pick<Engine, 'logAfter' | 'logBounds'>;
  readonly clock: Clock;
  readonly board: Pick<StateBoard, 'snapshot'>;
  readonly failed: (error: unknown) => void;
}

/**
 * One client of the feed. It reads the log from where the client stands, and joins the live entries when it has caught up; whenever it finds
 * a gap it reads the log again. So each seq comes once and in order, over reconnects and restarts, whatever is missed in between.
 */
export function createStream({ engine, clock, board, failed }: StreamDeps, sink: Sink, options: StreamOptions): LiveStream {
  const { format, filter, topics, batchMs } = options;
  let cursor = options.since ?? engine.logBounds().head;
  let isLive = false;
  let isClosed = false;
  let owesSnapshot = options.snapshot || topics.size > 0; // changes are told against a snapshot
  let wasFull = false;
  let pending: Frame[] = [];
  let disarm: (() => void) | undefined;

  sink.onClose(() => {
    isClosed = true;
    disarm?.();
  });
  sink.write(format.opening(options.retryMs));
  catchUp();

  function catchUp(): void {
    isLive = false;
    readLog().catch((error: unknown) => {
      failed(error);
      sink.cut();
    });
  }

  async function readLog(): Promise<void> {
    while (!isClosed) {
      if (checkBounds()) {
        join();
        return;
      }
      const entries = await engine.logAfter(cursor, pageSize);
      if (isClosed) return;
      if (entries.length === 0) await new Promise<void>((resolve) => clock.soon(resolve));
      else if (entries[0]?.seq === cursor + 1) advance(commitOf(entries));
      if (sink.isFull) await sink.drained();
    }
  }

  /** Tells the client when its place in the log is gone. @returns true when there is nothing left to read. */
  function checkBounds(): boolean {
    const { floor, head } = engine.logBounds();
    const reason = cursor > head ? 'ahead' : cursor + 1 < floor ? 'pruned' : undefined;
    if (reason !== undefined) {
      cursor = head;
      owesSnapshot = true;
      sink.write(format.mark('reset', cursor, JSON.stringify({ reason, oldest: floor, head })));
    }
    return cursor === head;
  }

  function join(): void {
    isLive = true;
    if (owesSnapshot) sendSnapshot();
  }

  function take(commit: Commit): void {
    if (!isLive || isClosed || commit.last <= cursor) return;
    if (commit.first > cursor + 1) {
      catchUp();
      return;
    }
    advance(commit);
    if (sink.buffered > maxBuffered) sink.cut();
  }

  function advance(commit: Commit): void {
    const isWhole = commit.first === cursor + 1;
    const fresh = isWhole ? commit.frames : commit.frames.filter(({ seq }) => seq > cursor);
    cursor = commit.last;
    if (batchMs > 0) collect(filter === undefined ? fresh : fresh.filter(filter));
    else if (isWhole && filter === undefined) sink.write(commit.text(format));
    else {
      const text = (filter === undefined ? fresh : fresh.filter(filter)).map(format.entry).join('');
      if (text !== '') sink.write(text);
    }
  }

  function collect(frames: readonly Frame[]): void {
    if (frames.length === 0) return;
    pending = pending.concat(frames);
    if (pending.length >= pageSize) flush();
    else disarm ??= clock.after(batchMs, flush);
  }

  function flush(): void {
    disarm?.();
    disarm = undefined;
    const frames = pending;
    pending = [];
    const [only] = frames;
    if (only === undefined || isClosed) return;
    sink.write(frames.length === 1 ? format.entry(only) : format.batch(frames));
    if (sink.buffered > maxBuffered) sink.cut();
  }

  function tell(topic: StateTopic, json: string): void {
    if (!isLive || isClosed || !topics.has(topic)) return;
    // Only the newest counts: what a slow client misses is made up for by a snapshot.
    if (sink.isFull) owesSnapshot = true;
    else if (owesSnapshot) sendSnapshot();
    else sink.write(format.state(topic, json));
  }

  function sendSnapshot(): void {
    flush(); // the id below says that everything before it was sent
    owesSnapshot = false;
    sink.write(format.mark('snapshot', cursor, board.snapshot()));
  }

  function renew(): void {
    if (isClosed || !topics.has('pools')) return;
    owesSnapshot = true;
    if (isLive && !sink.isFull) sendSnapshot();
  }

  function beat(): void {
    if (isClosed) return;
    if (sink.isFull) {
      if (wasFull) sink.cut();
      wasFull = true;
      return;
    }
    wasFull = false;
    flush();
    sink.write(format.heartbeat(cursor));
  }

  function end(retryMs: number): void {
    if (isClosed) return;
    flush();
    sink.write(format.opening(retryMs));
    sink.end();
  }

  return { topics, take, tell, renew, beat, end };
}
