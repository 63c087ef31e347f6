import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { apiClient } from '../helpers/api-client.ts';
import { freePort, type ServerOptions, type ServerProcess, spawnServer, startServer, tempFolder } from '../helpers/server-process.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

function aFolder(): string {
  const folder = tempFolder('start');
  cleanUp.push(() => folder.remove());
  return folder.path;
}

async function aServer(options: ServerOptions): Promise<ServerProcess> {
  const server = await startServer(options);
  cleanUp.push(() => server.kill('SIGKILL'));
  return server;
}

/** Starts a server that must refuse to start. @returns its exit code and the lines it printed. */
async function refused(options: ServerOptions): Promise<{ code: number | null; lines: string[] }> {
  const server = await spawnServer(options);
  cleanUp.push(() => server.kill('SIGKILL'));
  const code = await server.exited();
  return { code, lines: server.output().trim().split('\n') };
}

describe('a server that cannot start says why in one line', () => {
  it('refuses a data folder another server holds with 75, and leaves that one alone', async () => {
    const dataDir = aFolder();
    const first = await aServer({ dataDir });
    const task = await apiClient(first.url).submit({ type: 'hash', payload: 'hello' });
    // An explicit port of its own: it is not the first start repeated.
    const { code, lines } = await refused({ dataDir });
    // Found through run.json it is our own instance, which is no error; without that file it is a held lock.
    expect([0, 75]).toContain(code);
    expect(lines.at(-1)).toMatch(code === 0 ? /already running at http/ : /lock/i);
    const done = await apiClient(first.url).until(`/api/v1/tasks/${task['id']}`, (body) => body['status'] === 'completed');
    expect(done['result']).toBe('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
  });

  it('refuses with 75 while the holder of the lock is stopped', async () => {
    const dataDir = aFolder();
    const first = await aServer({ dataDir });
    first.child.kill('SIGSTOP');
    cleanUp.push(() => first.child.kill('SIGCONT'));
    const { code, lines } = await refused({ dataDir });
    expect(code).toBe(75);
    expect(lines).toHaveLength(1);
    first.child.kill('SIGCONT');
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
  });

  it('refuses a port in use with 69 and says what to do', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    cleanUp.push(() => other.close());
    const { code, lines } = await refused({ dataDir: aFolder(), port });
    expect(code).toBe(69);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`${port}`);
    expect(lines[0]).toContain('--port');
  });

  it('refuses a data folder it cannot make with 78', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'file'), '');
    const { code, lines } = await refused({ dataDir: folder, env: { TRX_DATA_DIR: join(folder, 'file', 'data') } });
    expect(code).toBe(78);
    expect(lines).toHaveLength(1);
  });

  it.skipIf(process.getuid?.() === 0)('refuses a data folder it may not write with 78', async () => {
    const folder = aFolder();
    mkdirSync(join(folder, 'data'));
    chmodSync(join(folder, 'data'), 0o500);
    expect((await refused({ dataDir: folder, env: { TRX_DATA_DIR: join(folder, 'data') } })).code).toBe(78);
  });

  it('refuses a database of a newer version with 78 and leaves it as it is', async () => {
    const dataDir = aFolder();
    const server = await aServer({ dataDir });
    await server.kill('SIGTERM');
    const file = execFileSync('ls', [dataDir], { encoding: 'utf8' })
      .split('\n')
      .find((name) => /\.(db|sqlite)$/.test(name) && !name.includes('lock'));
    const database = new Database(join(dataDir, file ?? ''));
    database.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run('of a later version', Date.now() * 10);
    database.close();
    const { code, lines } = await refused({ dataDir });
    expect(code).toBe(78);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/newer/);
  });

  it('names every wrong setting at once, suggests what was meant, and exits with 78', async () => {
    const { code, lines } = await refused({
      dataDir: aFolder(),
      env: { TRX_DURABILTY: 'full', TRX_DURABILITY: 'maybe', TRX_LOG_LEVEL: 'loud' },
    });
    expect(code).toBe(78);
    const text = lines.join('\n');
    expect(text).toContain('TRX_DURABILITY');
    expect(text).toContain('TRX_DURABILTY');
    expect(text).toContain('TRX_LOG_LEVEL');
  });

  it('does not listen beyond loopback without keys', async () => {
    const { code, lines } = await refused({ dataDir: aFolder(), env: { TRX_HOST: '0.0.0.0' } });
    expect(code).toBe(78);
    expect(lines.join('\n')).toContain('TRX_AUTH');
  });
});

describe('a server that is told to stop', () => {
  it('finishes what runs, releases what does not end in time, and exits with 0', async () => {
    const dataDir = aFolder();
    const server = await aServer({ dataDir });
    const api = apiClient(server.url);
    const short = await api.submit({ type: 'wait', payload: 0.5 });
    const long = await api.submit({ type: 'wait', payload: 600 });
    for (const { id } of [short, long]) await api.until(`/api/v1/tasks/${id}`, (body) => body['status'] === 'processing');
    const gone = server.kill('SIGTERM');
    await api.until('/api/v1/health', (body) => body['status'] !== 'healthy').catch(() => undefined); // it may be gone already
    server.child.kill('SIGTERM'); // the second one means now
    expect(await gone).toBe(0);

    const again = await aServer({ dataDir });
    const after = apiClient(again.url);
    const released = await after.until(`/api/v1/tasks/${long['id']}`, (body) => body['status'] === 'processing');
    expect(released['attempt']).toBe(2);
    await after.send('DELETE', `/api/v1/tasks/${long['id']}`);
    await after.until(`/api/v1/tasks/${long['id']}`, (body) => body['status'] === 'cancelled');
    const first = await after.until(`/api/v1/tasks/${short['id']}`, (body) => body['status'] === 'completed');
    expect(first['result']).toBe('Waited for 0.5 seconds');
  });

  it('starts nothing new while it drains', async () => {
    const dataDir = aFolder();
    const server = await aServer({ dataDir });
    const api = apiClient(server.url);
    const running = await api.submit({ type: 'wait', payload: 1.5 });
    await api.until(`/api/v1/tasks/${running['id']}`, (body) => body['status'] === 'processing');
    const gone = server.kill('SIGTERM');
    const statuses: number[] = [];
    for (;;) {
      const answer = await api.send('POST', '/api/v1/tasks', { type: 'hash', payload: 'late' }).catch(() => undefined);
      if (answer === undefined) break;
      statuses.push(answer.status);
    }
    expect(await gone).toBe(0);
    expect(statuses.filter((status) => ![201, 503].includes(status))).toEqual([]);

    const again = await aServer({ dataDir });
    const done = await apiClient(again.url).until(`/api/v1/tasks/${running['id']}`, (body) => body['status'] === 'completed');
    expect(done['attempt']).toBe(1);
    const accepted = statuses.filter((status) => status === 201).length;
    const hashes = await apiClient(again.url).until('/api/v1/tasks?type=hash', (body) =>
      (body['tasks'] as { status: string }[]).every(({ status }) => status === 'completed'),
    );
    expect(hashes['total']).toBe(accepted);
  });
});
