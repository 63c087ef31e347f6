import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import type { ResourceType } from '../../core/domain/task.ts';
import type { Billing } from '../../core/replay/billing.ts';
import { billingOf, type ReplayCatalogue } from '../../core/replay/catalogue.ts';
import { parseHourlyTable, parseRegionTable } from '../../core/replay/hourly-table.ts';
import type { Setting } from '../../core/replay/semantics/semantics.ts';
import type { PoolEntry } from '../../core/scheduling/core.ts';
import { failure } from '../cli-error.ts';

/** The file of `--catalog`. Paths in it are relative to it. */
interface CatalogueFile {
  readonly pools: readonly {
    readonly name: string;
    readonly region: string;
    readonly zone?: string;
    readonly capacity: number;
    readonly resource_type?: ResourceType;
    readonly cost_per_unit?: number;
    readonly kw_per_slot?: number;
  }[];
  readonly electricity?: string;
  readonly carbon?: string;
  readonly egress?: string;
  readonly home_region?: string;
  readonly gb_per_job?: number;
}

const word = { type: 'string', minLength: 1 };
const pool = {
  type: 'object',
  required: ['name', 'region', 'capacity'],
  additionalProperties: false,
  properties: {
    name: word,
    region: word,
    zone: word,
    capacity: { type: 'integer', minimum: 1 },
    resource_type: { enum: ['cpu', 'gpu'] },
    cost_per_unit: { type: 'number', minimum: 0 },
    kw_per_slot: { type: 'number', exclusiveMinimum: 0 },
  },
};
const schema = {
  type: 'object',
  required: ['pools'],
  additionalProperties: false,
  properties: {
    pools: { type: 'array', items: pool, minItems: 1 },
    electricity: word,
    carbon: word,
    egress: word,
    home_region: word,
    gb_per_job: { type: 'number', minimum: 0 },
  },
};
/** What a slot draws where nobody says. */
const usualKwPerSlot = 0.1;

export interface LoadedCatalogue {
  readonly catalogue: ReplayCatalogue;
  readonly billing: Billing;
}

/** The pools as strategies see them, at the price of the hour. */
export function settingOf({ catalogue, billing }: LoadedCatalogue, fieldsOf: Setting['fieldsOf']): Setting {
  const pools = catalogue.pools.map(({ name, region, resourceType, capacity }, i): PoolEntry => {
    const costPerUnit = billing.priceAt(i, 0);
    const place = { id: i + 1, name, region, resourceType, costPerUnit, capacity };
    return { ...place, speed: 1, state: 'active', accepts: undefined, typeLimits: {}, labels: {}, carbonGramsPerKwh: 0 };
  });
  const isFixed = catalogue.pools.every(({ costPerUnit }) => costPerUnit !== undefined);
  return { pools, priceAt: isFixed ? undefined : billing.priceAt, fieldsOf };
}

/** @throws CliError (failed) with every mistake */
export function readCatalogue(path: string): LoadedCatalogue {
  const file = readJson(path);
  const catalogue: ReplayCatalogue = {
    pools: file.pools.map((each) => ({
      name: each.name,
      region: each.region,
      zone: each.zone,
      resourceType: each.resource_type ?? 'cpu',
      capacity: each.capacity,
      costPerUnit: each.cost_per_unit,
      kwPerSlot: each.kw_per_slot ?? usualKwPerSlot,
    })),
    homeRegion: file.home_region,
    gbPerJob: file.gb_per_job ?? 0,
  };
  const table = <T>(name: string | undefined, parse: (text: string) => T) =>
    name === undefined ? undefined : readTable(path, name, parse);
  const result = billingOf(catalogue, {
    electricity: table(file.electricity, parseHourlyTable),
    carbon: table(file.carbon, parseHourlyTable),
    egress: table(file.egress, parseRegionTable),
  });
  if ('mistakes' in result) throw unusable(path, result.mistakes);
  return { catalogue, billing: result.billing };
}

function readJson(path: string): CatalogueFile {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw unusable(path, [error instanceof Error ? error.message : String(error)]);
  }
  const validate = new Ajv({ allErrors: true }).compile<CatalogueFile>(schema);
  if (validate(json)) return json;
  throw unusable(path, (validate.errors ?? []).map(sentenceOf));
}

function sentenceOf({ instancePath, message, params }: ErrorObject): string {
  const property = params['additionalProperty'];
  return `${instancePath || 'the file'} ${message}${typeof property === 'string' ? `: ${property}` : ''}`;
}

function readTable<T>(catalogue: string, name: string, parse: (text: string) => T): T {
  const path = resolve(dirname(catalogue), name);
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw unusable(catalogue, [`${name}: ${why}`]);
  }
}

function unusable(path: string, mistakes: readonly string[]) {
  return failure(`the catalogue ${path} cannot be used:\n  ${mistakes.join('\n  ')}`);
}
