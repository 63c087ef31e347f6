// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.

/** Values below this have a bin of their own. */
const exact = 256;
/** Bins of every power of two above. */
const perOctave = 128;
const octaves = 40;

/**
 * How values from 0 are distributed, in memory that does not grow with them. Quantiles are right to 0.4 %, whole numbers below 256 exactly.
 * @see https://hdrhistogram.github.io/HdrHistogram/ (bins by power of two, split evenly)
 */
export class Histogram {
  readonly #bins = new Float64Array(exact + octaves * perOctave);
  #count = 0;
  #sum = 0;
  #most = 0;

  get count(): number {
    return this.#count;
  }
  get mean(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }
  get most(): number | null {
    return this.#count === 0 ? null : this.#most;
  }

  add(value: number): void {
    this.#bins[binOf(value)]!++;
    this.#count++;
    this.#sum += value;
    this.#most = Math.max(this.#most, value);
  }

  /** @param q 0-1. @returns `null` when there is nothing */
  quantile(q: number): number | null {
    if (this.#count === 0) return null;
    let left = Math.floor((this.#count - 1) * q);
    for (let bin = 0; bin < this.#bins.length; bin++) {
      left -= this.#bins[bin]!;
      if (left < 0) return Math.min(this.#most, middleOf(bin));
    }
    return this.#most;
  }
}

function binOf(value: number): number {
  if (value < exact) return Math.max(0, Math.floor(value));
  const octave = Math.min(octaves - 1, Math.floor(Math.log2(value)) - 8);
  return exact + octave * perOctave + Math.min(perOctave - 1, Math.floor((value / (exact * 2 ** octave) - 1) * perOctave));
}

function middleOf(bin: number): number {
  if (bin < exact) return bin;
  const octave = Math.floor((bin - exact) / perOctave);
  return exact * 2 ** octave * (1 + (((bin - exact) % perOctave) + 0.5) / perOctave);
}
