import type { LogEntry } from '../../core/domain/events.ts';
import { type Format, type Frame, frameOf } from './frames.ts';

/** Entries that follow each other, as frames. What all streams of a format send is written out once. */
export interface Commit {
  readonly first: number;
  readonly last: number;
  readonly frames: readonly Frame[];
  /** All frames in this format. */
  text(format: Format): string;
}

export function commitOf(entries: readonly LogEntry[]): Commit {
  const frames = entries.map(frameOf);
  const texts = new Map<Format, string>();
  return {
    first: frames[0]?.seq ?? 0,
    last: frames.at(-1)?.seq ?? 0,
    frames,
    text(format) {
      const known = texts.get(format);
      if (known !== undefined) return known;
      const text = frames.map(format.entry).join('');
      texts.set(format, text);
      return text;
    },
  };
}
