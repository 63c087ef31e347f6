import type { Transportation } from '../../src/core/optimise/transportation.ts';
import { seeded } from './optimise.ts';
import { csvRows, prices } from './shared-data.ts';

/** Machines alike: where they stand, what an hour of twelve of their virtual processors costs, how many hours there are. */
interface Offer {
  readonly region: string;
  readonly usdPerHour: number;
  hours: number;
}

export interface Market {
  readonly problem: Transportation;
  /** The source of every slot-hour in the order they are asked for. */
  readonly arrivals: readonly number[];
}

export interface MarketOptions {
  readonly priceColumns: readonly ('Price' | 'SpotPrice')[];
  /** Most data a slot-hour moves between its home region and its machine. */
  readonly mostGb: number;
  /** Part of all hours that is asked for. */
  readonly load: number;
  readonly seed: number;
}

const hoursPerZone = 20;
const stay = 100_000_000;

/**
 * Slot-hours of thirteen home regions, with little or much data each, and the machines of a published price list: what a unit costs is the
 * machine's price plus the transfer of its data, in 1e-6 USD.
 */
export function aMarket({ priceColumns, mostGb, load, seed }: MarketOptions): Market {
  const random = seeded(seed);
  const transfer = csvRows(prices.read('gcp_egress_usd_per_gb.csv'));
  const homes = transfer.map((row) => row['']!);
  const offers = offersIn(homes, priceColumns);
  const sources = homes.flatMap((_, home) => [0, 0.25, 0.5, 1].map((part) => ({ home, gb: part * mostGb })));
  const hours = offers.reduce((sum, offer) => sum + offer.hours, 0);
  const arrivals = Array.from({ length: Math.floor(hours * load) }, () => Math.floor(random() * random() * sources.length));
  const supply = new Array<number>(sources.length).fill(0);
  for (const source of arrivals) supply[source]!++;
  const cost = sources.flatMap(({ home, gb }) =>
    offers.map(({ region, usdPerHour }) => Math.round(1e6 * (usdPerHour + gb * Number(transfer[home]![region])))),
  );
  return { problem: { supply, capacity: offers.map((offer) => offer.hours), cost, stay: supply.map(() => stay) }, arrivals };
}

/** Each takes the cheapest hour that is left when its turn comes: what deciding one after another comes to. */
export function costInOrder({ problem, arrivals }: Market): number {
  const room = Array.from(problem.capacity);
  let total = 0;
  for (const source of arrivals) {
    const priceOf = (sink: number) => problem.cost[source * room.length + sink]!;
    const best = [...room.keys()].filter((sink) => room[sink]! > 0).reduce((a, b) => (priceOf(b) < priceOf(a) ? b : a));
    room[best]!--;
    total += priceOf(best);
  }
  return total;
}

function offersIn(regions: readonly string[], priceColumns: readonly string[]): Offer[] {
  const offers = new Map<string, Offer>();
  for (const machine of csvRows(prices.read('gcp_vm_prices_sample.csv'))) {
    const region = machine['Region']!;
    if (!regions.includes(region)) continue;
    for (const column of priceColumns) {
      const usdPerHour = (12 * Number(machine[column])) / Number(machine['vCPUs']);
      const key = `${region} ${usdPerHour.toFixed(5)}`;
      const offer = offers.get(key) ?? { region, usdPerHour, hours: 0 };
      offer.hours += hoursPerZone;
      offers.set(key, offer);
    }
  }
  return [...offers.values()];
}
