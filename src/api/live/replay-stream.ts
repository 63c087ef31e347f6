import type { Replay } from '../../core/domain/replay.ts';
import type { Engine } from '../../core/engine/engine.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { replaySummaryView } from '../views/replay.ts';
import type { Format } from './frames.ts';
import type { Sink } from './sink.ts';

/** Progress comes at most so often; what is in between is passed over. */
const paceMs = 250;
const heartbeatMs = 10_000;
const retryMs = 2_000;
/** Id of the last frame there is. */
export const endId = 'end';

interface ReplayStreamDeps {
  readonly engine: Pick<Engine, 'events' | 'replayOf'>;
  readonly clock: Clock;
}

/**
 * How far a replay is, until it ends: frames `progress`, whose id is the number of tasks, then one `ended`, and the stream is over. What it
 * is at is told at once, so nobody who comes back has missed anything.
 * @param seen the last id the client has; it is not told again
 */
export function followReplay({ engine, clock }: ReplayStreamDeps, sink: Sink, format: Format, id: string, seen: string | undefined): void {
  let last = seen;
  let disarmPace: (() => void) | undefined;
  const stop = engine.events.onChange((topic) => {
    if (topic === 'replays') disarmPace ??= clock.after(paceMs, tell);
  });
  let disarmBeat = clock.after(heartbeatMs, beat);
  sink.onClose(() => {
    stop();
    disarmPace?.();
    disarmBeat();
  });
  sink.write(format.opening(retryMs));
  tell();

  function tell(): void {
    disarmPace = undefined;
    const replay = engine.replayOf(id);
    if (replay === undefined) {
      sink.end(); // forgotten, as a hundred newer ones came
      return;
    }
    const frame = idOf(replay);
    const json = JSON.stringify(replaySummaryView(replay));
    if (frame !== last && (frame === endId || !sink.isFull)) {
      sink.write(format.step(frame === endId ? 'ended' : 'progress', frame, json));
      last = frame;
    }
    if (frame === endId) sink.end();
  }

  /** A client that has not taken the last frame is told the newest as soon as it has. */
  function beat(): void {
    disarmBeat = clock.after(heartbeatMs, beat);
    sink.write(format.state('beat', '{}'));
    tell();
  }
}

function idOf({ status, progress }: Replay): string {
  return status === 'running' ? String(progress.done) : endId;
}
