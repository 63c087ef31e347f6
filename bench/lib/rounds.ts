/** What one run of one contestant gave, by name of the metric. */
export type Sample = Readonly<Record<string, number>>;

/** Something that is measured: ours, a peer or a ceiling. */
export interface Contestant {
  readonly name: string;
  readonly run: (round: number) => Promise<Sample>;
}

/** Samples of every contestant, one per round. */
export type Rounds = ReadonlyMap<string, readonly Sample[]>;

/**
 * Lets the contestants run in turns, so that whatever else the machine does hits all of them alike, and turns the order round every time,
 * so that nobody always runs behind the same neighbour.
 */
export async function interleave(contestants: readonly Contestant[], rounds: number): Promise<Rounds> {
  const samples = new Map<string, Sample[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? contestants : [...contestants].reverse();
    for (const contestant of order) {
      const sample = await contestant.run(round);
      samples.get(contestant.name)?.push(sample);
      console.error(`round ${round + 1}/${rounds} ${contestant.name}: ${describe(sample)}`);
    }
  }
  return samples;
}

function describe(sample: Sample): string {
  return Object.entries(sample)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ');
}
