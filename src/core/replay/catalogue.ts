import type { ResourceType } from '../domain/task.ts';
import { type Billing, createBilling, type PricedPool, type Transfer } from './billing.ts';
import type { HourlyTable } from './hourly-table.ts';
import { TraceError } from './trace-error.ts';

/** The pools of a replay as `--catalog` names them. */
export interface ReplayCatalogue {
  readonly pools: readonly CataloguePool[];
  readonly homeRegion: string | undefined;
  readonly gbPerJob: number;
}

export interface CataloguePool {
  readonly name: string;
  readonly region: string;
  /** Of the grid: a column of the tables. */
  readonly zone: string | undefined;
  readonly resourceType: ResourceType;
  readonly capacity: number;
  /** USD per slot-hour; `undefined`: the electricity of its zone. */
  readonly costPerUnit: number | undefined;
  readonly kwPerSlot: number;
}

/** What the catalogue's pools look up. */
export interface PriceTables {
  /** USD per MWh. */
  readonly electricity: HourlyTable | undefined;
  /** g CO2 per kWh. */
  readonly carbon: HourlyTable | undefined;
  /** USD per GB from row to column. */
  readonly egress: ReadonlyMap<string, ReadonlyMap<string, number>> | undefined;
}

/** @returns the billing, or everything that the tables lack. */
export function billingOf(catalogue: ReplayCatalogue, tables: PriceTables): { billing: Billing } | { mistakes: readonly string[] } {
  const mistakes: string[] = [];
  const pools = catalogue.pools.map((pool) => pricedPool(pool, tables, mistakes));
  const { homeRegion, gbPerJob } = catalogue;
  const transfer: Transfer = { homeRegion, gbPerJob, usdPerGb: egressPrice(tables.egress) };
  if (gbPerJob > 0 && tables.egress === undefined) mistakes.push('gb_per_job needs a table of egress prices');
  return mistakes.length > 0 ? { mistakes } : { billing: createBilling(pools, transfer) };
}

function pricedPool(pool: CataloguePool, { electricity, carbon }: PriceTables, mistakes: string[]): PricedPool {
  const { name, region, zone, capacity, costPerUnit, kwPerSlot } = pool;
  const column = (table: HourlyTable | undefined, what: string) => {
    const found = zone === undefined ? undefined : table?.zones.get(zone);
    if (found === undefined && table !== undefined && zone !== undefined) {
      mistakes.push(`pool ${name}: the table of ${what} has no zone ${zone}; it has ${[...table.zones.keys()].join(', ')}`);
    }
    return found;
  };
  const mwh = costPerUnit === undefined ? column(electricity, 'electricity') : undefined;
  if (costPerUnit === undefined && (electricity === undefined || zone === undefined)) {
    mistakes.push(`pool ${name}: it needs cost_per_unit, or a zone and a table of electricity`);
  }
  const price = costPerUnit ?? mwh?.map((usdPerMwh) => (kwPerSlot * usdPerMwh) / 1_000) ?? 0;
  return { name, region, capacity, price, kwPerSlot, carbon: column(carbon, 'carbon') };
}

/** A pair that is not in the table is no free one. */
function egressPrice(table: PriceTables['egress']): Transfer['usdPerGb'] {
  return (from, to) => {
    if (from === to) return 0;
    const price = table?.get(from)?.get(to);
    if (price === undefined)
      throw new TraceError(`there is no egress price from ${from} to ${to}; the table has ${[...(table?.keys() ?? [])].join(', ')}`);
    return price;
  };
}
