import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../../../../src/core/replay/seeded-random.ts';
import { CandidateList } from '../../../../src/core/replay/semantics/candidate-list.ts';

interface Candidate {
  readonly row: number;
  readonly processors: number;
  readonly estimate: number;
}

/** The same by looking at all of them. */
class PlainList {
  readonly waiting: Candidate[] = [];
  readonly #byEstimate: boolean;

  constructor(byEstimate: boolean) {
    this.#byEstimate = byEstimate;
  }

  add(candidate: Candidate): void {
    this.waiting.push(candidate);
    if (this.#byEstimate) this.waiting.sort((a, b) => a.estimate - b.estimate);
  }

  fitting(free: number, time: number, extra: number): number[] {
    const fits = ({ processors, estimate }: Candidate) => processors <= free && (processors <= extra || estimate <= time);
    return this.waiting.filter(fits).map(({ row }) => row);
  }

  remove(row: number): void {
    this.waiting.splice(
      this.waiting.findIndex((each) => each.row === row),
      1,
    );
  }
}

function fitting(list: CandidateList, free: number, time: number, extra: number): number[] {
  const rows: number[] = [];
  for (let place = list.next(-1, free, time, extra); place !== -1; place = list.next(place, free, time, extra))
    rows.push(list.rowAt(place));
  return rows;
}

describe.each([false, true])('the candidates, shortest first: %s', (byEstimate) => {
  it('are found in order, by hundreds, while they come and go', () => {
    const random = createSeededRandom(`candidates ${byEstimate}`);
    const upTo = (most: number) => Math.floor(random.next() * most);
    const list = new CandidateList(byEstimate);
    const plain = new PlainList(byEstimate);
    let most = 0;
    for (let row = 0; row < 4_000; row++) {
      const candidate = { row, processors: 1 + upTo(40), estimate: upTo(30) };
      list.add(row, candidate.processors, candidate.estimate);
      plain.add(candidate);
      most = Math.max(most, plain.waiting.length);
      const [free, time, extra] = [upTo(45), upTo(12), upTo(6)];
      expect(fitting(list, free, time, extra)).toEqual(plain.fitting(free, time, extra));
      // Long stretches of growth, and then as long of nearly as many leaving as come.
      if (row % 1_000 < 500) continue;
      const place = list.next(-1, 20, 8, 4);
      if (place !== -1) {
        plain.remove(list.rowAt(place));
        list.take(place);
      }
      const first = plain.waiting.reduce((least, each) => (each.row < least.row ? each : least));
      plain.remove(first.row);
      list.remove(first.row, first.estimate);
    }
    expect(most).toBeGreaterThan(600);
    expect(fitting(list, 100, 100, 0)).toEqual(plain.waiting.map(({ row }) => row));
  });

  it('are none in an empty list, and none again when all have left', () => {
    const list = new CandidateList(byEstimate);
    expect(list.next(-1, 10, 10, 10)).toBe(-1);
    for (let row = 0; row < 200; row++) list.add(row, 1, row % 7);
    for (let row = 0; row < 200; row++) list.remove(row, row % 7);
    expect(list.next(-1, 10, 10, 10)).toBe(-1);
    list.add(200, 1, 3);
    expect(fitting(list, 1, 3, 0)).toEqual([200]);
  });
});
