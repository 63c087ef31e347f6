import type { PoolBody } from '../../api/schemas/pool.ts';
import { CliError, exitCodes, failure } from '../cli-error.ts';
import type { CliIo } from '../io.ts';
import { runningServer } from '../server/address.ts';
import { createClient } from '../server/client.ts';
import type { Child } from './child.ts';

export interface GridOptions {
  readonly nodes: number;
  /** Of each node. */
  readonly slots: number;
  readonly types: string | undefined;
  readonly pool: string;
  readonly dataDir: string;
  /** Of the server, as `trx serve` takes them. */
  readonly serve: readonly string[];
}

interface GridDeps {
  readonly io: CliIo;
  readonly start: (name: string, args: readonly string[]) => Child;
  readonly say: (line: string) => void;
}

export interface Grid {
  /** Settles when all of it has stopped. @throws CliError when the server ended, or a node that cannot stay */
  run(): Promise<void>;
  /** First: nodes drain, then the server. Again: everything is killed. */
  stop(): void;
}

const askedEveryMs = 100;
const restartAfterMs = 1_000;
/** A node that ended so often, one start right after the other, is not started again. */
const mostFailures = 3;
const longEnoughMs = 10_000;

/** A server and nodes on this machine, for development. */
export function createGrid({ io, start, say }: GridDeps, options: GridOptions): Grid {
  let isStopping = false;
  let server: Child | undefined;
  const nodes = new Set<Child>();
  let stopped = () => {};
  const wantsStop = new Promise<void>((resolve) => {
    stopped = resolve;
  });

  async function run(): Promise<void> {
    server = start('server', ['serve', '--data-dir', options.dataDir, ...options.serve]);
    const serverEnded = server.ended.then((how) => {
      if (!isStopping) throw failure(`the server ${how}; nothing is left running`);
    });
    serverEnded.catch(() => {}); // it is looked at below
    try {
      const url = await Promise.race([addressOf(server), serverEnded, wantsStop]);
      if (url === undefined) return;
      await preparePool(url);
      const kept = Array.from({ length: options.nodes }, (_, i) => keepNode(`node-${i + 1}`, url));
      say(`${options.nodes} nodes of ${options.slots} slots in pool ${options.pool} at ${url}. Ctrl-C stops all.`);
      await Promise.race([Promise.all(kept), serverEnded, wantsStop]);
    } finally {
      await stopAll();
    }
  }

  /** The server says where it is once it listens; a file of an earlier one names another process. */
  async function addressOf(child: Child): Promise<string | undefined> {
    while (!isStopping && !child.isGone) {
      const running = runningServer(options.dataDir);
      if (running !== undefined && running.pid === child.pid) {
        const answer = await io.fetch(new URL('/health/ready', running.url)).catch(() => undefined);
        await answer?.arrayBuffer();
        if (answer?.ok === true) return running.url;
      }
      await io.sleep(askedEveryMs);
    }
    return undefined;
  }

  async function preparePool(url: string): Promise<void> {
    const client = createClient(url, io);
    const pools = await client.ask<{ readonly pools: readonly PoolBody[] }>('GET', '/pools');
    const known = pools.pools.find(({ name }) => name === options.pool);
    if (known === undefined) {
      const body = { name: options.pool, region: 'us-east', resource_type: 'cpu', cost_per_unit: 0.1, executor: 'node' };
      await client.ask('POST', '/pools', { body });
    } else if (known.executor !== 'node')
      throw new CliError(exitCodes.conflict, `pool ${options.pool} runs its tasks by ${known.executor}: give --pool another name`);
  }

  /** Starts it again whenever it ends; gives up where it never stays. */
  async function keepNode(name: string, url: string): Promise<void> {
    const { pool, slots, types } = options;
    const args = ['worker', '--server', url, '--pool', pool, '--slots', String(slots), '--id', name];
    for (let failures = 0; !isStopping; ) {
      const startedMs = io.nowMs();
      const child = start(name, types === undefined ? args : [...args, '--types', types]);
      nodes.add(child);
      const how = await child.ended;
      nodes.delete(child);
      if (isStopping) return;
      failures = io.nowMs() - startedMs > longEnoughMs ? 1 : failures + 1;
      if (failures === mostFailures) throw failure(`${name} ${how}, ${mostFailures} times in a row`);
      say(`${name} ${how}; it is started again`);
      await Promise.race([io.sleep(restartAfterMs), wantsStop]);
    }
  }

  async function stopAll(): Promise<void> {
    isStopping = true;
    stopped();
    for (const node of nodes) node.kill('SIGTERM');
    await Promise.all([...nodes].map((node) => node.ended));
    server?.kill('SIGTERM');
    await server?.ended;
  }

  return {
    run,
    stop() {
      if (!isStopping) {
        isStopping = true;
        say('stopping: nodes first, then the server; Ctrl-C again kills them');
        stopped();
        return;
      }
      for (const child of [...nodes, server]) child?.kill('SIGKILL');
    },
  };
}
