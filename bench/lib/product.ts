import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiled } from './build.ts';
import { nodeFlags } from './child.ts';
import { freePort, type Program, startProgram } from './processes.ts';

export interface Server extends Program {
  readonly url: string;
}

interface ProductSettings {
  /** What the eight pools of the catalogue are: `paused` keeps everything waiting, `active` runs tasks at once and without failure. */
  readonly pools: 'active' | 'paused';
  /** Slots of each pool. */
  readonly slotsPerPool?: number;
}

/** The whole server as users start it, with default logging and durability full, on a catalogue of eight pools. */
export function startProduct(folder: string, { pools, slotsPerPool = 125 }: ProductSettings): Promise<Server> {
  return startOn(folder, catalogueOf(pools, slotsPerPool));
}

/** The same with a pool that runs bundles, and a type `stored` whose bundles only wait. */
export function startBundleServer(folder: string): Promise<Server> {
  const pool = { region: 'us-east', resource_type: 'cpu', cost_per_unit: 1, capacity: 1, executor: 'bundle' };
  return startOn(folder, {
    pools: [
      { ...pool, name: 'running', types: ['bundle'] },
      { ...pool, name: 'waiting', types: ['stored'], state: 'paused' },
    ],
    types: ['bundle', 'stored'].map((name) => ({ name, bundle: {} })),
  });
}

/** The same with nothing but a pool of nodes, closed, and a type `noop`. */
export function startNodeServer(folder: string): Promise<Server> {
  const far = { name: 'far', region: 'us-east', resource_type: 'cpu', cost_per_unit: 0.1, executor: 'node', types: ['*'], state: 'paused' };
  return startOn(folder, { pools: [far], types: [{ name: 'noop' }] });
}

async function startOn(folder: string, content: object): Promise<Server> {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const catalogue = join(folder, 'catalogue.json');
  writeFileSync(catalogue, JSON.stringify(content));
  const env = {
    PATH: process.env['PATH'],
    TRX_PORT: `${port}`,
    TRX_DATA_DIR: join(folder, 'data'),
    TRX_CATALOG: catalogue,
    TRX_MAX_QUEUED: '16000000',
    TRX_MAX_CONNECTIONS: '2500', // a node keeps one open
    TRX_RETENTION_TASKS: '1000000000',
  };
  const url = `http://127.0.0.1:${port}`;
  const args = ['--max-old-space-size=8192', ...nodeFlags(), compiled('src/main.ts')];
  return { ...(await startProgram(process.execPath, args, { env }, answers(`${url}/api/v1/health/ready`))), url };
}

/** Bare Fastify; with a folder it keeps every task in a commit of its own. */
export function startBare(folder?: string): Promise<Server> {
  return startOwn('bench/servers/bare.ts', folder === undefined ? [] : [folder]);
}

/** Our own HTTP server without engine and store. */
export function startStoreless(): Promise<Server> {
  return startOwn('bench/servers/storeless.ts', []);
}

/** Copies streams into a file and back. */
export function startCopy(folder: string): Promise<Server> {
  return startOwn('bench/servers/copy.ts', [folder]);
}

async function startOwn(source: string, args: readonly string[]): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const started = await startProgram(
    process.execPath,
    [...nodeFlags(), compiled(source), `${port}`, ...args],
    {},
    answers(`${url}/health/live`),
  );
  return { ...started, url };
}

function answers(url: string): () => Promise<boolean> {
  return async () => (await fetch(url)).ok;
}

function catalogueOf(state: 'active' | 'paused', capacity: number): object {
  const simulated = { latency_ms: [0, 0], failure_ratio: 0, seed: 1 };
  const pools = Array.from({ length: 8 }, (_, i) => ({
    ...{ name: `pool-${i + 1}`, region: i < 4 ? 'us-east' : 'us-west', resource_type: 'cpu', cost_per_unit: 0.5 + i / 10 },
    ...{ capacity, executor: 'simulated', types: ['*'], state, simulated },
  }));
  return { pools, types: [{ name: 'noop' }] };
}
