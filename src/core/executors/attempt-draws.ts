/**
 * Two numbers, each uniform in [0, 1), that depend on nothing but the arguments: chance that can be repeated for one attempt without
 * running the ones before it. Neighbouring seqs, attempts and parts give unrelated numbers.
 */
export function drawTwo(seed: number, seq: number, attempt: number, part = 0): [number, number] {
  let hash = absorb(0, seed | 0);
  hash = absorb(hash, seq | 0);
  hash = absorb(hash, Math.floor(seq / 2 ** 32));
  hash = absorb(hash, attempt);
  if (part > 0) hash = absorb(hash, part);
  return [finish(hash ^ 0x243f6a88), finish(hash ^ 0x85a308d3)];
}

/** One block of MurmurHash3, 32 bits. @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp */
function absorb(hash: number, word: number): number {
  let block = Math.imul(word, 0xcc9e2d51);
  block = Math.imul((block << 15) | (block >>> 17), 0x1b873593);
  const mixed = hash ^ block;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** fmix32 of the same, as a ratio. */
function finish(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
