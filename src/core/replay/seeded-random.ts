import type { Random } from '../ports/random.ts';

export interface SeededRandom extends Random {
  /** Uniform integer in [0, 2^32). */
  uint32(): number;
  /** A generator of its own for a part: what one part draws does not move the others. Does not draw from this one. */
  fork(label: string): SeededRandom;
}

/**
 * sfc32: 128 bits of state, period at least 2^32, passes PractRand; the same on every engine, as it uses 32-bit integers only.
 * @param seed a string, or any finite number; different seeds give unrelated streams
 * @see https://pracrand.sourceforge.net/RNG_engines.txt (sfc, by Chris Doty-Humphrey)
 */
export function createSeededRandom(seed: string | number): SeededRandom {
  const text = String(seed);
  let [a, b, c, counter] = hashToState(text);

  function uint32(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  // The first rounds still show the seed.
  for (let round = 0; round < 12; round++) uint32();
  return {
    uint32,
    next: () => uint32() / 2 ** 32,
    fork: (label) => createSeededRandom(`${text}/${label}`),
  };
}

/** Four words from a text: FNV-1a with four bases, each stirred by the finaliser of MurmurHash3. */
function hashToState(text: string): [number, number, number, number] {
  const word = (basis: number) => {
    let hash = basis;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    return stir(hash ^ text.length);
  };
  return [word(0x811c9dc5), word(0x9e3779b9), word(0x85ebca6b), word(0xc2b2ae35)];
}

/** @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp (fmix32) */
function stir(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
