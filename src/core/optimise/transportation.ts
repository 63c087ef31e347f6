// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.

/**
 * A transportation problem: units wait at sources, sinks have room, each pair has its price for a unit, and a unit may stay where it is.
 * So there always is an answer, however little room there is.
 */
export interface Transportation {
  /** Units that wait, by source: integers >= 0. */
  readonly supply: ArrayLike<number>;
  /** Units that fit, by sink: integers >= 0. */
  readonly capacity: ArrayLike<number>;
  /** Of one unit, source by source; integers, Infinity where the unit may not go. Money is in 1e-6 units of the currency. */
  readonly cost: ArrayLike<number>;
  /** Of one unit that stays, by source; integers. */
  readonly stay: ArrayLike<number>;
}

/** Flow is kept in 32-bit integers. */
const mostUnits = 2 ** 31 - 1;

/** @throws RangeError naming the first number that is not as `Transportation` says. */
export function checkTransportation({ supply, capacity, cost, stay }: Transportation): void {
  const [sources, sinks] = [supply.length, capacity.length];
  if (stay.length !== sources) throw new RangeError(`stay has ${stay.length} entries for ${sources} sources`);
  if (cost.length !== sources * sinks) throw new RangeError(`cost has ${cost.length} entries for ${sources} sources and ${sinks} sinks`);
  checkUnits('supply', supply);
  checkUnits('capacity', capacity);
  // A path passes each sink once, out and back; potentials add one more of them.
  const largest = Math.floor(Number.MAX_SAFE_INTEGER / (4 * (sinks + 1)));
  checkCosts('stay', stay, largest, false);
  checkCosts('cost', cost, largest, true);
}

function checkUnits(name: string, units: ArrayLike<number>): void {
  for (let i = 0; i < units.length; i++) {
    const value = units[i]!;
    if (!Number.isInteger(value) || value < 0 || value > mostUnits) {
      throw new RangeError(`${name}[${i}] must be an integer from 0 to ${mostUnits}, and it was ${value}`);
    }
  }
}

function checkCosts(name: string, costs: ArrayLike<number>, largest: number, mayBeForbidden: boolean): void {
  for (let i = 0; i < costs.length; i++) {
    const value = costs[i]!;
    if (mayBeForbidden && value === Number.POSITIVE_INFINITY) continue;
    if (!Number.isInteger(value) || Math.abs(value) > largest) {
      throw new RangeError(`${name}[${i}] must be an integer of at most ${largest} either way, and it was ${value}`);
    }
  }
}
