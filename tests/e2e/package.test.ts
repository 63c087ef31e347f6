import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort, tempFolder } from '../helpers/server-process.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = tempFolder('package');
const prefix = join(folder.path, 'prefix');
const trx = join(prefix, 'bin/trx');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

afterAll(() => folder.remove());

/** What npm had to say of the packages. */
let warnings = '';

/** Installs what `npm pack` makes, as a user would. @returns why it cannot be done here */
async function install(): Promise<string | undefined> {
  const packed = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder.path], { cwd: root });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  // Without scripts: compiling the database driver takes a minute and is no matter of this package; the one that is here will do.
  const args = ['install', '--global', '--prefix', prefix, '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  const failed = await run('npm', [...args, join(folder.path, filename)], { cwd: folder.path, timeout: 100_000 }).then(
    ({ stderr }) => {
      warnings = stderr;
      return undefined;
    },
    (error: { stderr?: string }) => error.stderr ?? String(error),
  );
  if (failed !== undefined && /E(NOTFOUND|AI_AGAIN|CONNREFUSED|TIMEDOUT|NETUNREACH|CONNRESET)|network/i.test(failed)) return failed;
  if (failed !== undefined) throw new Error(failed);
  const driver = 'better-sqlite3/build';
  const own = join(dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json')), 'build');
  cpSync(own, join(prefix, 'lib/node_modules/taskrouterx/node_modules', driver), { recursive: true });
  return undefined;
}

const reason = await install();

describe.skipIf(reason !== undefined)('the package, installed', () => {
  it('has what it runs on and nothing it is made from', async () => {
    const home = join(prefix, 'lib/node_modules/taskrouterx');
    for (const file of ['dist/src/cli/main.js', 'config/demo.json', 'frontend/css/base.css', 'examples/wordcount/run.sh', 'LICENSE'])
      expect(existsSync(join(home, file)), file).toBe(true);
    for (const file of ['src/main.ts', 'tests', 'bench', 'data', '.git']) expect(existsSync(join(home, file)), file).toBe(false);
    expect((await run(trx, ['--version'])).stdout.trim()).toBe(version);
    expect(warnings).not.toContain('EBADENGINE');
  });

  it('serves the dashboard with its assets, and runs tasks here and on a node', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = { PATH: process.env['PATH'] ?? '', TRX_LOG_LEVEL: 'warn', TRX_SERVER: url };
    const stops: (() => Promise<unknown>)[] = [];
    const start = (args: readonly string[]) => {
      const child = spawn(trx, args, { cwd: folder.path, env, stdio: 'ignore' });
      const gone = new Promise((resolve) => child.once('exit', resolve));
      stops.push(() => {
        child.kill('SIGTERM');
        return gone;
      });
    };
    try {
      start(['serve', '--port', String(port), '--data-dir', join(folder.path, 'data')]);
      await expect
        .poll(
          () =>
            fetch(`${url}/health/ready`).then(
              ({ ok }) => ok,
              () => false,
            ),
          { timeout: 20_000 },
        )
        .toBe(true);
      const page = await (await fetch(url, { headers: { accept: 'text/html' } })).text();
      const assets = [...page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
      expect(assets.length).toBeGreaterThan(2);
      for (const path of assets) expect((await fetch(`${url}${path}`)).status, path).toBe(200);
      expect((await fetch(`${url}/docs`)).status).toBe(200);
      expect(JSON.parse((await run(trx, ['submit', 'hash', 'hello', '--wait=20', '--json'], { env })).stdout)).toMatchObject({
        status: 'completed',
      });

      const pool = { name: 'far', region: 'us-east', resource_type: 'gpu', cost_per_unit: 1, executor: 'node' };
      const made = await fetch(`${url}/api/v1/pools`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(pool),
      });
      expect(made.status).toBe(201);
      start(['worker', '--pool', 'far', '--types', 'upper']);
      await expect
        .poll(async () => ((await (await fetch(`${url}/api/v1/nodes`)).json()) as { nodes: unknown[] }).nodes.length, { timeout: 20_000 })
        .toBe(1);
      const done = await run(trx, ['submit', 'upper', 'far', '--resource-type', 'gpu', '--wait=20', '--json'], { env });
      expect(JSON.parse(done.stdout)).toMatchObject({ status: 'completed', pool: 'far', result: 'FAR' });
    } finally {
      for (const stop of stops.reverse()) await stop();
    }
  });
});
