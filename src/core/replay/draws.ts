/** Uniform in [0, 1). */
export type Uniform = () => number;

/** Standard normal. @see Box, Muller, A note on the generation of random normal deviates, 1958 */
export function drawNormal(random: Uniform): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Gamma with mean shape × scale.
 * @param shape >= 1
 * @see Marsaglia, Tsang, A simple method for generating gamma variables, ACM TOMS, 2000
 */
export function drawGamma(random: Uniform, shape: number, scale: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v * scale;
  }
}

/** 0 to `count` - 1, each half as likely as the one at half its place: the usual inequality of users. */
export function drawZipf(random: Uniform, count: number): number {
  // The inverse of the distribution of 1/x on [1, count + 1), a close and cheap stand-in for Zipf's own.
  return Math.min(count - 1, Math.floor((count + 1) ** random()) - 1);
}
