import type { Command } from 'commander';
import { numberBetween } from '../number-between.ts';
import type { CliCommand } from './command.ts';

interface UpFlags {
  readonly nodes: number;
  readonly slots: number;
  readonly types?: string;
  readonly pool: string;
  readonly port?: string;
  readonly dataDir?: string;
  readonly catalog?: string;
}

const examples = `
Examples:
  $ trx up --nodes 3
  $ trx up --nodes 2 --slots 8 --types hash,sum --data-dir ./try --port 8100

Every line is led by who says it. A node that ends is started again; when the server ends, all stops.
Exit codes: 0 stopped by Ctrl-C or SIGTERM, 1 the server or a node could not stay, 2 wrong flags, 4 the pool is one of another kind.
`;

/** `trx up`: a server and nodes on this machine. */
export const up: CliCommand = {
  addTo(program: Command, io) {
    program
      .command('up')
      .summary('start a server and nodes on this machine')
      .description('Starts a server and worker nodes on this machine, for development. Ctrl-C stops them all.')
      .option('--nodes <n>', 'worker nodes, 0-64', numberBetween(0, 64), 3)
      .option('--slots <n>', 'slots of each node, 1-1024', numberBetween(1, 1_024), 4)
      .option('--types <names>', 'task types the nodes run, commas between (default: every handler there is)')
      .option('--pool <name>', 'the pool of the nodes; made when it is not there', 'nodes')
      .option('--port <n>', 'port of the server (default: TRX_PORT, or 8000, or the next that is free)')
      .option('--data-dir <folder>', 'data folder of the server (default: TRX_DATA_DIR, or ./data)')
      .option('--catalog <file>', 'pools and types an empty database starts with')
      .addHelpText('after', examples)
      .action(async ({ nodes, slots, types, pool, port, dataDir, catalog }: UpFlags) => {
        const [{ createGrid }, { startChild }] = await Promise.all([import('../up/grid.ts'), import('../up/child.ts')]);
        const say = (line: string) => io.err(`${line}\n`);
        const grid = createGrid(
          { io, say, start: (name, args) => startChild(name, args, say) },
          {
            ...{ nodes, slots, types, pool, dataDir: dataDir ?? io.env['TRX_DATA_DIR'] ?? 'data' },
            serve: [...(port === undefined ? [] : ['--port', port]), ...(catalog === undefined ? [] : ['--catalog', catalog])],
          },
        );
        const onSignal = () => grid.stop();
        for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
        try {
          await grid.run();
        } finally {
          for (const signal of ['SIGTERM', 'SIGINT'] as const) process.off(signal, onSignal);
        }
      });
  },
};
