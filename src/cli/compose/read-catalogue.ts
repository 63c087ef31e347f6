import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadCatalogue } from '../../catalogue.ts';
import { packageFile } from '../../deploy-files.ts';
import { usageError } from '../cli-error.ts';

export interface CatalogueFiles {
  readonly files: Readonly<Record<string, string>>;
  readonly nodePools: readonly string[];
}

const tables = ['transfer_prices', 'carbon_forecast'] as const;
/** For a catalogue that has no pool of nodes. */
const usualPool = { name: 'nodes', region: 'us-east', resource_type: 'cpu', cost_per_unit: 0.1, executor: 'node' };

/** A catalogue with the files it names, checked as a server would at its start. Without a file it is the demo catalogue. */
export async function readCatalogue(file: string | undefined): Promise<CatalogueFiles> {
  if (file !== undefined) await loadCatalogue(file).catch((error: Error) => Promise.reject(usageError(error.message)));
  const catalogue = JSON.parse(file === undefined ? packageFile('config/demo.json') : readFileSync(file, 'utf8')) as {
    pools: { name: string; executor?: string }[];
  } & { [name in (typeof tables)[number]]?: string };
  const nodePools = catalogue.pools.filter(({ executor }) => executor === 'node').map(({ name }) => name);
  const pools = nodePools.length > 0 ? catalogue.pools : [...catalogue.pools, usualPool];
  const files: Record<string, string> = { 'catalog.json': `${JSON.stringify({ ...catalogue, pools }, null, 2)}\n` };
  for (const table of tables) {
    const named = catalogue[table];
    if (named !== undefined && file !== undefined) files[named] = readFileSync(join(dirname(file), named), 'utf8');
  }
  return { files, nodePools: nodePools.length > 0 ? nodePools : [usualPool.name] };
}
