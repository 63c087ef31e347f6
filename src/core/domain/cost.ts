/** Money is rounded to millionths: sums of prices stay equal however they are grouped. */
export function roundMoney(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}

/** Price of `cost` units of work at `costPerUnit`. */
export function priceOf(cost: number, costPerUnit: number): number {
  return roundMoney(cost * costPerUnit);
}
