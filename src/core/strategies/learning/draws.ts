/** Uniform in [0, 1). */
type Uniform = () => number;

/** From the standard normal distribution. @see Box and Muller, "A note on the generation of random normal deviates", 1958 */
export function normalDraw(random: Uniform): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

/** From the gamma distribution with scale 1. @param shape >= 1 @see Marsaglia and Tsang, "A simple method for generating gamma variables", 2000 */
export function gammaDraw(shape: number, random: Uniform): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normalDraw(random);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = 1 - random();
    const square = x * x;
    // Their squeeze: it takes nearly all, and none that the logarithms would not take.
    if (u < 1 - 0.0331 * square * square || Math.log(u) < 0.5 * square + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** From the beta distribution. @param a >= 1 @param b >= 1 */
export function betaDraw(a: number, b: number, random: Uniform): number {
  const x = gammaDraw(a, random);
  return x / (x + gammaDraw(b, random));
}
