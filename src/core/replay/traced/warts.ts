import { createLineTally, type LineTally } from '../line-tally.ts';

/** Kinds that are told apart; a file can have a new one on every line. */
const mostKinds = 50;
const others = 'something else was put up with';

/** What a file has against its format and what was done about it, with the lines. */
export function createWarts() {
  const tallies = new Map<string, LineTally>();
  return {
    add(line: number, what: string): void {
      const kind = tallies.has(what) || tallies.size < mostKinds ? what : others;
      const tally = tallies.get(kind) ?? createLineTally();
      tallies.set(kind, tally);
      tally.add(line);
    },
    notes: (): readonly string[] => [...tallies].map(([what, tally]) => `${tally.text()}: ${what}`),
  };
}
