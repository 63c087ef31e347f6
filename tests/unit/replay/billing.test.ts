import { describe, expect, it } from 'vitest';
import { createBiller, createBilling, type PricedPool } from '../../../src/core/replay/billing.ts';
import { billingOf, type CataloguePool, type PriceTables } from '../../../src/core/replay/catalogue.ts';
import { parseHourlyTable, parseRegionTable } from '../../../src/core/replay/hourly-table.ts';
import { metricsOf } from '../../../src/core/replay/metrics.ts';
import { overWindows } from '../../../src/core/replay/windows.ts';
import { aJobList } from '../../helpers/traces.ts';

const noTransfer = { homeRegion: undefined, gbPerJob: 0, usdPerGb: () => 0 };
const aPricedPool = (fields: Partial<PricedPool> = {}): PricedPool => ({
  name: 'p',
  region: 'here',
  capacity: 4,
  price: 1,
  kwPerSlot: 0.1,
  carbon: undefined,
  ...fields,
});

describe('the cost of a job', () => {
  it('is slots × hours × the price of the hour in which it begins', () => {
    const { cost } = createBilling([aPricedPool({ price: Float64Array.of(1, 10, -2) })], noTransfer);
    const job = { pool: 0, run: 7_200, slots: 3, home: undefined };
    expect(cost({ ...job, start: 0 })).toBe(6);
    expect(cost({ ...job, start: 3_599 })).toBe(6);
    expect(cost({ ...job, start: 3_600 })).toBe(60);
    expect(cost({ ...job, start: 7_200 })).toBe(-12);
    expect(cost({ ...job, start: 3 * 3_600 })).toBe(6);
  });

  it('has the transfer from its home, or from the home of all', () => {
    const usdPerGb = (from: string) => (from === 'far' ? 0.5 : 0.1);
    const { cost } = createBilling([aPricedPool()], { homeRegion: 'near', gbPerJob: 4, usdPerGb });
    const job = { pool: 0, start: 0, run: 3_600, slots: 1 };
    expect(cost({ ...job, home: undefined })).toBeCloseTo(1.4, 12);
    expect(cost({ ...job, home: 'far' })).toBe(3);
  });
});

describe('the carbon of a job', () => {
  it('is slots × kW × each hour at its own intensity', () => {
    const { carbonG } = createBilling([aPricedPool({ carbon: Float64Array.of(100, 300, 50) })], noTransfer);
    // Half an hour at 100, an hour at 300, half an hour at 50: 50 + 300 + 25 = 375 g/kW.
    expect(carbonG?.({ pool: 0, start: 1_800, run: 7_200, slots: 2, home: undefined })).toBeCloseTo(2 * 0.1 * 375, 9);
    expect(carbonG?.({ pool: 0, start: 2 * 3_600, run: 7_200, slots: 1, home: undefined })).toBeCloseTo(0.1 * 150, 9);
  });

  it('is nobody knows as soon as one pool has no figures', () => {
    expect(createBilling([aPricedPool({ carbon: Float64Array.of(1) }), aPricedPool()], noTransfer).carbonG).toBeUndefined();
  });
});

describe('the bill of a schedule', () => {
  const jobs = aJobList({ submit: 0, run: 3_600, processors: 2 }, { submit: 0, run: 3_600 });
  const starts = Float64Array.of(0, 3_600);

  it('is in the metrics, and a sum over windows', () => {
    const billing = createBilling([aPricedPool({ price: Float64Array.of(1, 5), carbon: Float64Array.of(10, 20) })], noTransfer);
    const metrics = metricsOf(
      jobs,
      { starts },
      2,
      createBiller(billing, () => undefined),
    );
    expect(metrics).toMatchObject({ cost: 7, carbonG: 4 });
    expect(overWindows([metrics, metrics])).toMatchObject({ cost: 14, carbonG: 8 });
  });

  it('is 1 per processor-hour without prices, and says nothing of carbon', () => {
    expect(metricsOf(jobs, { starts }, 2)).toMatchObject({ cost: 3, carbonG: undefined });
  });
});

describe('a table by the hour', () => {
  const header = 'hour_utc,A,B';

  it('has a column for each zone, negative figures too', () => {
    const { hours, zones } = parseHourlyTable(`${header}\n2024-06-03T00:00:00Z,-1.5,2\n2024-06-03T01:00:00Z,3,4\n`);
    expect(hours).toBe(2);
    expect([...(zones.get('A') ?? [])]).toEqual([-1.5, 3]);
    expect([...(zones.get('B') ?? [])]).toEqual([2, 4]);
  });

  it.each([
    ['2024-06-03T00:00:00Z,1,2\n2024-06-03T02:00:00Z,1,2', 'line 3: each line must be one hour after'],
    ['2024-06-03T00:00:00Z,1', 'line 2: 2 fields, and the header has 3'],
    ['2024-06-03T00:00:00Z,1,', 'line 2: B is "", which is not a number'],
    ['2024-06-03T00:00:00Z,x,1', 'line 2: A is "x"'],
    ['noon,1,1', 'line 2: "noon" is no time'],
    ['', 'the table has no hours'],
  ])('that is wrong (%j) says where', (lines, message) => {
    expect(() => parseHourlyTable(`${header}\n${lines}`)).toThrow(message);
  });
});

describe('a catalogue', () => {
  const electricity = parseHourlyTable('h,Z\n2024-06-03T00:00:00Z,50\n2024-06-03T01:00:00Z,-20');
  const egress = parseRegionTable(',a,b\na,0,0.02\nb,0.05,0');
  const aPool = (fields: Partial<CataloguePool> = {}): CataloguePool => ({
    name: 'p',
    region: 'b',
    zone: undefined,
    resourceType: 'cpu',
    capacity: 1,
    costPerUnit: 2,
    kwPerSlot: 0.1,
    ...fields,
  });
  const none: PriceTables = { electricity: undefined, carbon: undefined, egress: undefined };
  const one = { homeRegion: undefined, gbPerJob: 0 };
  const billing = (pool: CataloguePool, tables = none, more: { homeRegion: string | undefined; gbPerJob: number } = one) => {
    const result = billingOf({ pools: [pool], ...more }, tables);
    if ('mistakes' in result) throw new Error(result.mistakes.join('; '));
    return result.billing;
  };
  const anHour = { pool: 0, start: 0, run: 3_600, slots: 2, home: undefined };

  it('prices by its own figure, or by the electricity of its zone: 0.1 kW at 50 and -20 USD/MWh', () => {
    expect(billing(aPool()).cost(anHour)).toBe(4);
    const { cost } = billing(aPool({ costPerUnit: undefined, zone: 'Z' }), { ...none, electricity });
    expect(cost(anHour)).toBeCloseTo(2 * 0.1 * 0.05, 12);
    expect(cost({ ...anHour, start: 3_600 })).toBeCloseTo(2 * 0.1 * -0.02, 12);
  });

  it('transfers from row to column, for nothing within a region, and not at all where there is no price', () => {
    const { cost } = billing(aPool({ costPerUnit: 0 }), { ...none, egress }, { homeRegion: 'a', gbPerJob: 10 });
    expect(cost(anHour)).toBeCloseTo(0.2, 12);
    expect(cost({ ...anHour, home: 'b' })).toBe(0);
    expect(() => cost({ ...anHour, home: 'c' })).toThrow('no egress price from c to b; the table has a, b');
  });

  it('names all that is missing', () => {
    expect(() => billing(aPool({ costPerUnit: undefined }))).toThrow('needs cost_per_unit, or a zone and a table of electricity');
    expect(() => billing(aPool({ costPerUnit: undefined, zone: 'Y' }), { ...none, electricity })).toThrow('has no zone Y; it has Z');
    expect(() => billing(aPool(), none, { homeRegion: 'a', gbPerJob: 1 })).toThrow('gb_per_job needs a table of egress prices');
    expect(() => parseRegionTable(',a\na,x')).toThrow('line 2');
  });
});
