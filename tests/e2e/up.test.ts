import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { apiClient } from '../helpers/api-client.ts';
import { freePort, tempFolder } from '../helpers/server-process.ts';

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const cleanUp: (() => unknown)[] = [];
afterEach(() => {
  for (const undo of cleanUp.splice(0).reverse()) undo();
});

interface Grid {
  readonly url: string;
  readonly child: ChildProcess;
  readonly folder: string;
  output(): string;
  /** Waits for a line. */
  saw(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<number | null>;
}

async function aGrid(args: readonly string[]): Promise<Grid> {
  const folder = tempFolder('up');
  const port = await freePort();
  const env = { PATH: process.env['PATH'] ?? '', TRX_LOG_LEVEL: 'warn' };
  const child = spawn(process.execPath, [main, 'up', '--data-dir', join(folder.path, 'data'), '--port', String(port), ...args], {
    cwd: folder.path,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  let printed = '';
  let heard = () => {};
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      heard();
    });
  const url = `http://127.0.0.1:${port}`;
  cleanUp.push(() => {
    for (const pid of [child.pid, ...pidsIn(printed)]) killGroup(pid);
    folder.remove();
  });
  return {
    ...{ url, child, folder: folder.path, ended },
    output: () => printed,
    saw: (pattern) =>
      new Promise((resolve, reject) => {
        void ended.then((code) => reject(new Error(`ended with ${code}:\n${printed}`)));
        heard = () => {
          const found = pattern.exec(printed);
          if (found !== null) resolve(found);
        };
        heard();
      }),
  };
}

const pidsIn = (text: string) => [...text.matchAll(/\(pid (\d+)\)/g)].map(([, pid]) => Number(pid));

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('trx up', () => {
  it('starts a server and nodes that run tasks, starts a killed node again, and Ctrl-C stops all', async () => {
    const grid = await aGrid(['--nodes', '2', '--slots', '2', '--types', 'hash,sum']);
    await grid.saw(/2 nodes of 2 slots/);
    await grid.saw(/\[node-1\] node node-1: 2 slots for hash, sum of pool nodes/);
    await grid.saw(/\[node-2\] node node-2/);
    const api = apiClient(grid.url);
    const nodes = await api.until('/api/v1/nodes', (body) => (body['nodes'] as unknown[]).length === 2);
    expect(nodes['nodes']).toMatchObject([{ pool: 'nodes', slots: 2 }, { pool: 'nodes' }]);
    await fetch(`${grid.url}/api/v1/pools/local`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"state":"paused"}',
    });
    const task = await api.submit({ type: 'sum', payload: [1, 2], constraints: [] });
    const done = await api.until(`/api/v1/tasks/${task['id']}`, (body) => body['status'] === 'completed');
    expect(done).toMatchObject({ result: 3 });

    const first = pidsIn(grid.output());
    const [, pid] = await grid.saw(/node-1 \(pid (\d+)\)/);
    process.kill(Number(pid), 'SIGKILL');
    await grid.saw(/node-1 was ended by SIGKILL; it is started again/);
    await grid.saw(/node-1 was ended[\s\S]*\[node-1\] node node-1: 2 slots/);

    grid.child.kill('SIGINT');
    expect(await grid.ended).toBe(0);
    expect(first.length).toBeGreaterThanOrEqual(3);
    expect(pidsIn(grid.output()).filter(isAlive)).toEqual([]);
  });

  it('ends with what the server said when that cannot start', async () => {
    const grid = await aGrid(['--nodes', '1', '--catalog', 'nowhere.json']);
    expect(await grid.ended).toBe(1);
    expect(grid.output()).toMatch(/\[server\] .*nowhere\.json[\s\S]*error: the server ended with \d+; nothing is left running/);
    expect(pidsIn(grid.output()).filter(isAlive)).toEqual([]);
  });

  it('ends when a node can never stay, and takes the server along', async () => {
    const grid = await aGrid(['--nodes', '1', '--types', 'nothing-knows-it']);
    expect(await grid.ended).toBe(1);
    expect(grid.output()).toMatch(
      /\[node-1\] .*There is no handler for nothing-knows-it[\s\S]*error: node-1 ended with 2, 3 times in a row/,
    );
    expect(pidsIn(grid.output()).filter(isAlive)).toEqual([]);
  });

  it('refuses wrong numbers before it starts anything', async () => {
    const grid = await aGrid(['--nodes', 'many']);
    expect(await grid.ended).toBe(2);
    expect(grid.output()).toContain('It must be a whole number, 0-64.');
    expect(pidsIn(grid.output())).toEqual([]);
  });
});
