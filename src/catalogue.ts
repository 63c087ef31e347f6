import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { useOwnChecks } from './api/own-checks.ts';
import { parsePool } from './api/parse-pool.ts';
import { parseType } from './api/parse-type.ts';
import { PoolInput, type PoolInputBody } from './api/schemas/pool.ts';
import { TaskTypeInput, type TaskTypeInputBody } from './api/schemas/task-type.ts';
import { fieldErrors } from './api/validation-errors.ts';
import { loadCarbonForecast, loadTransferPrices } from './catalogue-tables.ts';
import { namePattern } from './core/domain/name.ts';
import type { PoolSpec } from './core/domain/pool.ts';
import { StartupError } from './core/domain/startup-error.ts';
import type { TaskTypeSpec } from './core/domain/task-type.ts';
import type { Ms } from './core/domain/units.ts';
import type { StrategyContext } from './core/strategies/registry.ts';
import type { CarbonForecast, TransferPrice } from './core/strategies/strategy.ts';

/** What an empty database starts with: where work can run, what can be done, how far apart the regions are. */
export interface Catalogue {
  readonly pools: readonly PoolSpec[];
  readonly types: readonly TaskTypeSpec[];
  readonly latencies: readonly { readonly between: readonly [string, string]; readonly ms: Ms }[];
  readonly transferPrices: readonly TransferPrice[];
  readonly carbonForecast: CarbonForecast | undefined;
}

interface CatalogueFile {
  readonly pools: readonly PoolInputBody[];
  readonly types?: readonly (TaskTypeInputBody & { readonly name: string })[];
  readonly latencies?: Catalogue['latencies'];
  /** Names of CSV files beside this one. */
  readonly transfer_prices?: string;
  readonly carbon_forecast?: string;
}

const name = { type: 'string', pattern: namePattern };
const named = { ...TaskTypeInput, required: ['name'], properties: { name, ...TaskTypeInput.properties } };
const latency = {
  type: 'object',
  required: ['between', 'ms'],
  additionalProperties: false,
  properties: { between: { type: 'array', items: name, minItems: 2, maxItems: 2 }, ms: { type: 'number', minimum: 0, maximum: 60_000 } },
};
const fileSchema = {
  type: 'object',
  required: ['pools'],
  additionalProperties: false,
  properties: {
    pools: { type: 'array', items: PoolInput, maxItems: 100_000 },
    types: { type: 'array', items: named, maxItems: 10_000 },
    latencies: { type: 'array', items: latency, maxItems: 100_000 },
    transfer_prices: { type: 'string', minLength: 1, maxLength: 1_000 },
    carbon_forecast: { type: 'string', minLength: 1, maxLength: 1_000 },
  },
};

/**
 * Reads a catalogue file; keys are the API's. Pools and types have the same rules as when they are sent there.
 * @throws StartupError 78 with every mistake and where in the file it is.
 */
export async function loadCatalogue(path: string): Promise<Catalogue> {
  const json = await readJson(path);
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
  useOwnChecks(ajv);
  const validate = ajv.compile<CatalogueFile>(fileSchema);
  const mistakes = validate(json)
    ? contradictions(json)
    : fieldErrors(validate.errors ?? [], '').map(({ path, message }) => `${path || '/'}: ${message}`);
  if (mistakes.length > 0) throw new StartupError(78, `The catalogue ${path} cannot be used:\n  ${mistakes.join('\n  ')}`);
  const { pools, types = [], latencies = [], transfer_prices: prices, carbon_forecast: forecast } = json as CatalogueFile;
  const beside = (name: string) => join(dirname(path), name);
  return {
    ...{ pools: pools.map(parsePool), types: types.map(({ name, ...body }) => parseType(name, body, 'catalogue')), latencies },
    transferPrices: prices === undefined ? [] : await loadTransferPrices(beside(prices)),
    carbonForecast: forecast === undefined ? undefined : await loadCarbonForecast(beside(forecast)),
  };
}

/** What strategies may know of the installation. */
export function contextOf({ latencies, transferPrices, carbonForecast }: Catalogue): StrategyContext {
  return {
    ...(latencies.length > 0 ? { latencies } : {}),
    transferPrices,
    ...(carbonForecast === undefined ? {} : { carbonForecast }),
  };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartupError(78, `The catalogue ${path} cannot be read: ${why}.`, { cause: error });
  }
}

/** What no schema can say. */
function contradictions({ pools, types = [] }: CatalogueFile): string[] {
  const known = new Set(types.map((type) => type.name));
  return [
    ...repeated(pools, 'pools'),
    ...repeated(types, 'types'),
    ...pools.flatMap((pool, i) => poolMistakes(pool, `/pools/${i}`, known)),
  ];
}

function repeated(list: readonly { readonly name: string }[], at: string): string[] {
  const seen = new Set<string>();
  return list.flatMap(({ name }, i) => {
    const isNew = !seen.has(name);
    seen.add(name);
    return isNew ? [] : [`/${at}/${i}/name: ${name} is there twice`];
  });
}

function poolMistakes(pool: PoolInputBody, at: string, known: ReadonlySet<string>): string[] {
  const { executor = 'simulated', simulated, types = [] } = pool;
  if (executor !== 'simulated') return [];
  return [
    ...(simulated === null ? [`${at}/simulated: is needed by the simulated executor`] : []),
    ...types.filter((type) => type !== '*' && !known.has(type)).map((type) => `${at}/types: ${type} is not among the types of this file`),
  ];
}
