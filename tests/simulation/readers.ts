import type { LogEntry } from '../../src/core/domain/events.ts';
import type { InspectableEngine } from '../../src/core/engine/create-engine.ts';
import { perform, repeat, type Stage } from './stage.ts';
import type { Tampering } from './tampering.ts';

export interface Readers {
  /** A new start of the server: whoever was connected comes back with the last seq it has. */
  connect(engine: InspectableEngine): void;
}

const pageSize = 7;

/**
 * A client of the live stream, as the route serves it: listens first, then reads what it has missed page by page, then hears the rest live.
 * It remembers the last seq over reconnects and restarts.
 */
export function createReader(stage: Stage, tampering: Tampering): Readers {
  const { recorder } = stage;
  const random = stage.random('reader');
  const seqs = recorder.stream(0);
  let last = 0;
  let current: InspectableEngine | undefined;
  let disconnect = () => {};

  repeat(stage, random, 6_000, () => {
    if (current === undefined) return;
    recorder.probe('reader reconnected');
    connect(current);
  });

  function connect(engine: InspectableEngine): void {
    disconnect();
    current = engine;
    let live: LogEntry[] | undefined = [];
    let isOpen = true;
    const unsubscribe = engine.events.onEntries((entries) => {
      if (live === undefined) take(entries);
      else live.push(...entries);
    });
    disconnect = () => {
      isOpen = false;
      unsubscribe();
    };
    const resumeAfter = tampering.resumeAfter?.(last) ?? last;
    if (resumeAfter !== last) last = resumeAfter;
    perform(stage, async () => {
      for (;;) {
        const page = await engine.logAfter(last, pageSize);
        if (!isOpen) return;
        take(page);
        if (page.length < pageSize) break;
      }
      const missed = live ?? [];
      live = undefined;
      take(missed);
    });
  }

  function take(entries: readonly LogEntry[]): void {
    for (const { seq } of entries) {
      if (seq <= last) continue;
      seqs.push(seq);
      last = seq;
    }
  }

  return { connect };
}
