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

/** Price of `cost` units of work at `costPerUnit`. */
export function priceOf(cost: number, costPerUnit: number): number {
  return roundMoney(cost * costPerUnit);
}
