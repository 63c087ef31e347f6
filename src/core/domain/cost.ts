/** Money is rounded to millionths: sums of prices stay equal however they are grouped. */
export function roundMoney(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}

/** Money as an integer number of millionths: for sums that must come out the same however they are grouped. */
export function microsOf(amount: number): number {
  return Math.round(amount * 1e6);
}

export function fromMicros(micros: number): number {
  return micros / 1e6;
}

/** Price of a task of several parts: its units are split equally over them, and each pays the price of its pool. */
export function priceOfParts(cost: number, costsPerUnit: readonly number[]): number {
  const each = cost / costsPerUnit.length;
  return roundMoney(costsPerUnit.reduce((sum, costPerUnit) => sum + each * costPerUnit, 0));
}

/** Price of `cost` units of work on the pool of each part; one where it has one part. */
export function priceOfRun(cost: number, pools: readonly { readonly costPerUnit: number }[]): number {
  const [first] = pools;
  if (pools.length === 1 && first !== undefined) return priceOf(cost, first.costPerUnit);
  return priceOfParts(
    cost,
    pools.map(({ costPerUnit }) => costPerUnit),
  );
}

/** Price of `cost` units of work at `costPerUnit`. */
export function priceOf(cost: number, costPerUnit: number): number {
  return roundMoney(cost * costPerUnit);
}
