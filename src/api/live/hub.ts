import { TaskRouterError } from '../../core/domain/errors.ts';
import type { Topic } from '../../core/engine/event-bus.ts';
import type { ApiDeps } from '../deps.ts';
import { commitOf } from './commit.ts';
import type { Sink } from './sink.ts';
import { createStateBoard, type StateTopic, stateTopics } from './state-board.ts';
import { createStream, type LiveStream, type StreamOptions } from './stream.ts';

const heartbeatMs = 10_000;
const statePaceMs = 250;
/** With many pools or clients a state frame is dear. */
const slowStatePaceMs = 1_000;
const manyPools = 2_000;
const manyStreams = 50;
const defaultMaxStreams = 200;

export interface Hub {
  readonly streams: number;
  /** @throws TaskRouterError `overloaded` when there are as many streams as there may be. */
  checkRoom(): void;
  open(sink: Sink, options: Omit<StreamOptions, 'retryMs'>): void;
  /** Tells every client to come back later, each at another time. */
  close(): void;
}

/** All live streams: hands on what is committed, paces state frames, keeps connections alive. Idle without streams. */
export function createHub({
  engine,
  clock,
  random,
  logger,
  options,
}: Pick<ApiDeps, 'engine' | 'clock' | 'random' | 'logger' | 'options'>): Hub {
  const streams = new Set<LiveStream>();
  const board = createStateBoard(engine, options);
  const dueTopics = new Set<Topic>();
  const maxStreams = options.maxStreams ?? defaultMaxStreams;
  let disarmState: (() => void) | undefined;
  let disarmBeat: (() => void) | undefined;
  let isClosed = false;

  const unsubscribe = [
    engine.events.onEntries((entries) => {
      if (streams.size === 0 || entries.length === 0) return;
      const commit = commitOf(entries);
      for (const stream of streams) stream.take(commit);
    }),
    engine.events.onChange((topic) => {
      if (streams.size === 0 || topic === 'replays') return; // those have streams of their own
      dueTopics.add(topic);
      disarmState ??= clock.after(paceMs(), tellState);
    }),
  ];

  function paceMs(): number {
    return streams.size > manyStreams || engine.pools().length > manyPools ? slowStatePaceMs : statePaceMs;
  }

  function tellState(): void {
    disarmState = undefined;
    const topics = stateTopics.filter((topic) => dueTopics.has(topic));
    dueTopics.clear();
    for (const topic of topics) tell(topic);
  }

  function tell(topic: StateTopic): void {
    const listening = [...streams].filter((stream) => stream.topics.has(topic));
    if (listening.length === 0) return;
    const json = topic === 'stats' ? board.stats() : board.pools();
    if (json === undefined) return;
    for (const stream of listening) {
      if (json === 'renewed') stream.renew();
      else stream.tell(topic, json);
    }
  }

  function beat(): void {
    disarmBeat = streams.size === 0 ? undefined : clock.after(heartbeatMs, beat);
    for (const stream of streams) stream.beat();
  }

  function checkRoom(): void {
    if (isClosed) throw new TaskRouterError('draining', 'The server is stopping. Come back when it is up again.', { retryAfterS: 5 });
    if (streams.size >= maxStreams)
      throw new TaskRouterError('overloaded', `${maxStreams} streams are open and that is all there may be. Try again later.`, {
        retryAfterS: 10,
      });
  }

  function open(sink: Sink, streamOptions: Omit<StreamOptions, 'retryMs'>): void {
    const failed = (error: unknown) => logger.error({ err: error }, 'a live stream failed');
    const stream = createStream({ engine, clock, board, failed }, sink, { ...streamOptions, retryMs: retryMs() });
    streams.add(stream);
    sink.onClose(() => streams.delete(stream));
    disarmBeat ??= clock.after(heartbeatMs, beat);
  }

  function close(): void {
    isClosed = true;
    for (const stop of unsubscribe) stop();
    disarmState?.();
    disarmBeat?.();
    for (const stream of streams) stream.end(retryMs());
  }

  /** Spread, so that a restart brings no herd. */
  function retryMs(): number {
    return 1_000 + Math.floor(random.next() * 4_001);
  }

  return {
    get streams() {
      return streams.size;
    },
    checkRoom,
    open,
    close,
  };
}
