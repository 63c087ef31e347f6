import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { failure } from '../cli-error.ts';
import { numberBetween } from '../number-between.ts';
import type { CliCommand } from './command.ts';

interface ComposeFlags {
  readonly catalog?: string;
  readonly out?: string;
  readonly workers: number;
  readonly slots: number;
  readonly port: number;
  readonly names?: string;
  readonly image?: string;
  readonly force?: boolean;
}

const examples = `
Examples:
  $ trx compose --out docker-compose.yml
  $ trx compose --catalog pools.json --workers 5 --names tasks.example --out docker-compose.yml

One server, workers for each pool of nodes of the catalogue (for a pool "nodes" where it has none), a proxy, Prometheus with alerts, and Grafana
with a dashboard. Keys are made at the first start. See docs/deploy.md.
`;

/** `trx compose`: a Docker Compose file from the catalogue. */
export const compose: CliCommand = {
  addTo(program: Command, io) {
    program
      .command('compose')
      .summary('write a Docker Compose file')
      .description('Writes a Docker Compose file made from the catalogue to standard output or a file. Needs no Docker itself.')
      .option('--catalog <file>', 'pools and types (default: the demo catalogue)')
      .option('--out <file>', 'where to; standard output when left out')
      .option('--force', 'write over a file that is there')
      .option('--workers <n>', 'workers of each pool of nodes, 0-100', numberBetween(0, 100), 2)
      .option('--slots <n>', 'slots of each, 1-1024', numberBetween(1, 1_024), 4)
      .option('--port <n>', 'of this machine, for the API and the dashboard', numberBetween(1, 65_535), 8_000)
      .option('--names <names>', 'names the server is called by besides localhost, commas between')
      .option('--image <name>', 'image to run (default: taskrouterx of this version; built where the sources are)')
      .addHelpText('after', examples)
      .action(async ({ catalog, out, workers, slots, port, names, image, force }: ComposeFlags) => {
        const [{ composeFile }, { readCatalogue }, { packageFile, sourceFolder }, { packageVersion }] = await Promise.all([
          import('../compose/compose-file.ts'),
          import('../compose/read-catalogue.ts'),
          import('../../deploy-files.ts'),
          import('../../package-version.ts'),
        ]);
        const { files: catalogue, nodePools } = await readCatalogue(catalog);
        const text = composeFile({
          ...{ workers, slots, port, nodePools, catalogue },
          image: image ?? `taskrouterx:${packageVersion()}`,
          build: image === undefined ? sourceFolder() : undefined,
          names: names === undefined ? [] : names.split(',').map((name) => name.trim()),
          files: {
            prometheus: packageFile('deploy/prometheus/prometheus.yml'),
            alerts: packageFile('deploy/prometheus/alerts.yml'),
            datasource: packageFile('deploy/grafana/provisioning/datasource.yml'),
            dashboards: packageFile('deploy/grafana/provisioning/dashboards.yml'),
            dashboard: packageFile('deploy/grafana/dashboard.json'),
          },
        });
        if (out === undefined) return io.out(text);
        try {
          writeFileSync(out, text, { flag: force === true ? 'w' : 'wx' });
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException;
          throw failure(code === 'EEXIST' ? `${out} is there already; --force writes over it` : `${out} cannot be written: ${message}`);
        }
        io.err(`${out}: a server, ${workers} workers for each of ${nodePools.join(', ')}, proxy, Prometheus and Grafana\n`);
      });
  },
};
