import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createVirtualClock } from '../../src/core/replay/virtual-clock.ts';
import { choosePort } from '../../src/port-choice.ts';
import { portOwner } from '../../src/port-owner.ts';
import { findRunning, removeRunFile, writeRunFile } from '../../src/run-file.ts';
import { openAuth } from '../../src/start-auth.ts';
import { readyLines, urlOf } from '../../src/startup-lines.ts';
import { createMemoryStore } from '../../src/store/memory/memory-store.ts';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'startup-'));
  cleanUp.push(() => rm(path, { recursive: true }));
  return path;
}

async function taken(server: Server = createServer()) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

describe('choice of the port', () => {
  it('a port that was asked for and is free is taken', async () => {
    expect(await choosePort({ host: '127.0.0.1', port: 0, isExplicit: true })).toBe(0);
  });

  it('a port that was asked for and is in use is refused with who uses it', async () => {
    const port = await taken();
    const refusal = await choosePort({ host: '127.0.0.1', port, isExplicit: true }).catch((error: unknown) => error);
    const owner = process.platform === 'linux' ? `PID ${process.pid} \\(.+\\)` : '.+';
    expect(refusal).toMatchObject({
      exitCode: 69,
      message: expect.stringMatching(new RegExp(`^Port ${port} is used by ${owner}\\. Use --port`)),
    });
  });

  it('where nobody chose, one in use is passed over', async () => {
    // Near the end of the range that is tried, so that few ports of this machine are touched.
    const free = await choosePort({ host: '127.0.0.1', port: 8_010, isExplicit: false });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(free, '127.0.0.1', resolve));
    cleanUp.push(() => new Promise((resolve) => server.close(resolve)));
    const next = await choosePort({ host: '127.0.0.1', port: 8_010, isExplicit: false });
    expect(next).toBeGreaterThan(free);
    expect(next).toBeLessThanOrEqual(8_019);
  });

  it('past the last one tried it gives up', async () => {
    await expect(choosePort({ host: '127.0.0.1', port: 8_020, isExplicit: false })).rejects.toMatchObject({ exitCode: 69 });
  });

  it('an address that is not of this machine is a mistake of the configuration', async () => {
    await expect(choosePort({ host: '203.0.113.1', port: 0, isExplicit: true })).rejects.toMatchObject({ exitCode: 78 });
  });

  it('nobody owns a port that nobody listens on', async () => {
    expect(await portOwner(1)).toBeUndefined();
  });
});

describe('the run file', () => {
  it('is written whole, for its owner only, and removed', async () => {
    const dir = await folder();
    await writeRunFile(dir, { pid: 7, url: 'http://127.0.0.1:1' });
    expect(await readdir(dir)).toEqual(['run.json']);
    expect(JSON.parse(await readFile(join(dir, 'run.json'), 'utf8'))).toEqual({ pid: 7, url: 'http://127.0.0.1:1' });
    expect((await stat(join(dir, 'run.json'))).mode & 0o777).toBe(0o600);
    await removeRunFile(dir);
    await removeRunFile(dir);
    expect(await readdir(dir)).toEqual([]);
  });

  it('finds a server that answers there', async () => {
    const dir = await folder();
    const port = await taken(
      createHttpServer((request, response) => response.end(JSON.stringify({ status: request.url === '/health/live' ? 'live' : '' }))),
    );
    await writeRunFile(dir, { pid: 7, url: `http://127.0.0.1:${port}` });
    expect(await findRunning(dir)).toEqual({ pid: 7, url: `http://127.0.0.1:${port}` });
  });

  it('does not take somebody else, nobody, or half a file for one', async () => {
    const dir = await folder();
    expect(await findRunning(dir)).toBeUndefined();
    const port = await taken(createHttpServer((_, response) => response.end('<p>hello')));
    await writeRunFile(dir, { pid: 7, url: `http://127.0.0.1:${port}` });
    expect(await findRunning(dir)).toBeUndefined();
    await writeRunFile(dir, { pid: 7, url: 'http://127.0.0.1:1' });
    expect(await findRunning(dir)).toBeUndefined();
    await writeFile(join(dir, 'run.json'), '{"pid": 7');
    expect(await findRunning(dir)).toBeUndefined();
  });
});

describe('what is said when it is ready', () => {
  const lines = (env: Record<string, string>, hasMoved = false) => {
    const read = readConfig([], env);
    if (read.kind !== 'config') throw new Error('refused');
    return readyLines({ config: read.config, url: 'http://127.0.0.1:8001', algorithm: 'fifo', hasMoved });
  };

  it('where to look and what to try', () => {
    const text = lines({});
    for (const part of ['http://127.0.0.1:8001/docs', '8001/metrics', 'fifo', `curl -H 'content-type: application/json'`, 'Ctrl-C stops']) {
      expect(text).toContain(part);
    }
    expect(text).not.toMatch(/in use|Authentication/);
  });

  it('that it is not where one expects it, or open to everybody', () => {
    expect(lines({}, true)).toContain("Port 8000 is in use, so this server is on another one; the original's clients expect 8000.");
    expect(lines({ TRX_AUTH: 'off' })).toContain('Authentication is off');
  });

  it.each([
    ['127.0.0.1', 'http://127.0.0.1:1'],
    ['::1', 'http://[::1]:1'],
    ['0.0.0.0', 'http://localhost:1'],
    ['::', 'http://localhost:1'],
    ['tasks.example', 'http://tasks.example:1'],
  ])('the address of %s is %s', (host, url) => {
    expect(urlOf(host, 1)).toBe(url);
  });
});

describe('a server that other machines can reach', () => {
  const clock = createVirtualClock();
  const logger = { info() {}, warn() {}, error() {} };
  const store = createMemoryStore({ clock, logger });
  const dataDir = '/srv/trx';

  it('does not start without a key, and says how to make one', async () => {
    await expect(openAuth({ host: '0.0.0.0', auth: 'keys', dataDir }, { store, clock })).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringContaining('trx keys add me --role admin --data-dir /srv/trx'),
    });
  });

  it.each([
    ['127.0.0.1', 'keys'],
    ['0.0.0.0', 'off'],
  ] as const)('host %s with TRX_AUTH=%s needs none', async (host, auth) => {
    expect((await openAuth({ host, auth, dataDir }, { store, clock })).keys.size).toBe(0);
  });
});
