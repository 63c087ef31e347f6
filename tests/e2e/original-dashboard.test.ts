import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { extname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApiClient, apiClient } from '../helpers/api-client.ts';
import { launchBrowser, skipBrowserTests } from '../helpers/chromium.ts';
import { type ServerProcess, startServer, tempFolder } from '../helpers/server-process.ts';

/**
 * The dashboard of the first TaskRouterX, its files as they are, against this server with its standard settings. The files are not ours and
 * not in this repository: TRX_ORIGINALS names a folder that holds a checkout of them as TaskRouterX/. Both ports are written in its code.
 */
const apiPort = 8_000;
const pagePort = 3_000;
const frontend = join(process.env['TRX_ORIGINALS'] ?? '', 'TaskRouterX', 'frontend');

const obstacle = await findObstacle();
if (obstacle !== undefined) console.warn(`The original dashboard is not tried: ${obstacle}`);

async function findObstacle(): Promise<string | undefined> {
  if (!process.env['TRX_ORIGINALS']) return 'TRX_ORIGINALS names no folder with a checkout of TaskRouterX.';
  if (!existsSync(join(frontend, 'index.html'))) return `there is no ${join(frontend, 'index.html')}.`;
  for (const port of [apiPort, pagePort]) if (!(await isFree(port))) return `port ${port}, which it insists on, is in use.`;
  return skipBrowserTests ? 'there is no Chromium.' : undefined;
}

async function isFree(port: number): Promise<boolean> {
  const server = createSocketServer().listen(port);
  try {
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch {
    return false;
  }
}

const contentTypes: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** As its own file server does it, but for the icon that browsers ask for unasked. */
async function serveFrontend(): Promise<Server> {
  const server = createServer(async ({ url = '/' }, response) => {
    if (url === '/favicon.ico') return void response.writeHead(204).end();
    const path = url === '/' ? '/index.html' : url;
    const file = await readFile(join(frontend, path)).catch(() => undefined);
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': contentTypes[extname(path)] ?? 'text/plain' }).end(file);
  });
  server.listen(pagePort, 'localhost');
  await once(server, 'listening');
  return server;
}

/** Opens it and notes what must not happen: errors, requests that fail or are refused. */
async function open(browser: Browser): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1_400, height: 1_000 } });
  const complaints: string[] = [];
  page.on('console', (message) => {
    // The response tells the same, and by which request.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(`${request.method()} ${request.url()}: ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
  await page.goto(`http://localhost:${pagePort}/`);
  await page.locator('.worker-card').first().waitFor();
  return { page, complaints };
}

describe.skipIf(obstacle !== undefined)("the original's dashboard, unchanged", () => {
  const folder = tempFolder('original');
  let browser: Browser;
  let files: Server;
  let server: ServerProcess;
  let api: ApiClient;
  let page: Page;
  let complaints: string[];
  let round = 0;

  beforeAll(async () => {
    [browser, files] = await Promise.all([launchBrowser(), serveFrontend()]);
  });
  afterAll(async () => {
    await browser?.close();
    files?.closeAllConnections();
    files?.close();
    folder.remove();
  });
  beforeEach(async () => {
    server = await startServer({ dataDir: folder.path, port: apiPort, env: { TRX_DATA_DIR: join(folder.path, `data-${++round}`) } });
    api = apiClient(server.url);
    ({ page, complaints } = await open(browser));
  });
  afterEach(async () => {
    await page?.close();
    await server?.kill('SIGKILL');
  });

  const text = async (selector: string) => (await page.locator(selector).textContent()) ?? '';
  const tile = async (name: string) => Number.parseInt(await text(`#stat-${name}`), 10);
  const press = (name: string) => page.getByRole('button', { name }).click();
  const shows = (selector: string, words: string | RegExp) => page.locator(selector, { hasText: words }).first().waitFor();

  /** Presses a refresh button and waits for what it asks for. */
  async function refresh(name: 'Stats' | 'Workers' | 'Tasks'): Promise<void> {
    const path = { Stats: '/system/stats', Workers: '/workers', Tasks: '/tasks?page=1&page_size=10' }[name];
    const answered = page.waitForResponse((response) => response.url().endsWith(path) && response.request().method() === 'GET');
    await press(`Refresh ${name}`);
    await (await answered).finished();
  }

  async function fillForm(task: { type?: string; priority: string; cost?: string; region: string }): Promise<void> {
    await page.locator('#task-type').selectOption(task.type ?? 'order');
    await page.locator('#task-priority').fill(task.priority);
    await page.locator('#task-cost').fill(task.cost ?? '1.0');
    await page.locator('#task-region').selectOption(task.region);
  }

  it('shows six tiles, every pool and no task of an empty server', async () => {
    await shows('#recent-tasks', 'No tasks yet. Submit a task to get started!');
    const { body } = await api.get('/api/v1/workers');
    const pools = body['worker_pools'] as {
      name: string;
      region: string;
      resource_type: string;
      cost_per_unit: number;
      capacity: number;
    }[];
    const cards = await page.locator('.worker-card').allTextContents();
    expect(
      cards.map((card) =>
        card
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean),
      ),
    ).toEqual(
      pools.map((pool) => [
        pool.name,
        `Region: ${pool.region}`,
        `Type: ${pool.resource_type.toUpperCase()}`,
        `Cost: $${pool.cost_per_unit}/unit`,
        `Load: 0/${pool.capacity}`,
        '0%',
      ]),
    );
    expect(pools[0]).toMatchObject({ name: 'us-east-cpu-pool', capacity: 10 });
    for (const name of ['processed', 'pending', 'completed', 'failed', 'latency', 'queue']) expect(await tile(name), name).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('submits a task, which runs and moves the tiles', async () => {
    await fillForm({ type: 'query', priority: '8', cost: '2.5', region: 'eu-west' });
    await press('Submit Task');
    await shows('#task-result.result-success', 'Task created successfully!');
    const [, id = ''] = /Task ID: (\S+)\nStatus: queued$/.exec(await text('#task-result')) ?? [];
    const ended = await api.until(`/api/v1/tasks/${id}`, ({ status }) => status === 'completed' || status === 'failed');
    expect(ended).toMatchObject({ type: 'query', priority: 8, cost: 2.5, region: 'eu-west', metadata: { submitted_from: 'dashboard' } });

    await refresh('Tasks');
    await shows('.task-item', String(ended['status']));
    const row = await text('.task-item');
    expect(row).toContain(`${id.slice(0, 8)}...`);
    expect(row).toContain('Type: query | Priority: 8 | Region: eu-west');
    expect(row).toMatch(/Worker: eu-west-cpu-pool\s*\| Algorithm: fifo/);
    await refresh('Stats');
    await shows('#stat-processed', /^1$/);
    expect([await tile('pending'), await tile('queue')]).toEqual([0, 0]);
    expect((await tile('completed')) + (await tile('failed'))).toBe(1);
    if (ended['status'] === 'completed') expect(await tile('latency')).toBeGreaterThanOrEqual(100);
    expect(complaints).toEqual([]);
  });

  it('shows a refusal as a sentence', async () => {
    await fillForm({ priority: '15', region: 'us-east' });
    await press('Submit Task');
    await shows('#task-result.result-error', 'Error: priority must be an integer from 1 to 10, and it was 15.');
    await fillForm({ priority: '', region: 'us-east' });
    await press('Submit Task');
    await shows('#task-result.result-error', 'Error: priority must be an integer from 1 to 10, and it was null.');
    const refused = `422 POST http://localhost:${apiPort}/api/v1/tasks`;
    expect(complaints).toEqual([refused, refused]);
  });

  it('switches the algorithm, and the next task is placed by it', async () => {
    for (const [algorithm, region] of [
      ['priority', 'us-west'],
      ['min_cost', 'ap-east'],
      ['fifo', 'us-east'],
    ] as const) {
      await page.locator('#algorithm-select').selectOption(algorithm);
      await press('Switch Algorithm');
      await shows('#algorithm-result.result-success', `Algorithm switched to: ${algorithm.toUpperCase()}`);
      await fillForm({ priority: '2', region });
      await press('Submit Task');
      await shows('.task-item:first-child', new RegExp(`Region: ${region}\\s+Worker: ${region}-cpu-pool\\s*\\| Algorithm: ${algorithm}`));
    }
    expect(complaints).toEqual([]);
  });

  it('simulates traffic: bars rise and fall, and every task ends', async () => {
    await page.locator('#sim-count').fill('300');
    await page.locator('#sim-distribution').selectOption('weighted');
    await press('Run Simulation');
    await shows('#simulation-result.result-success', /Simulation ID: \S+\s+Tasks: 300\s+Status: running/);
    const highBars = page.locator('.load-fill.high');
    while ((await highBars.count()) === 0) await refresh('Workers');
    await refresh('Stats');
    await shows('#stat-queue', /^[1-9]/);
    await refresh('Tasks');
    await page.locator('.task-item').nth(9).waitFor();

    const all = await api.until('/api/v1/system/stats', ({ tasks_processed: ended }) => ended === 300);
    await refresh('Stats');
    await shows('#stat-processed', /^300$/);
    expect([await tile('pending'), await tile('queue')]).toEqual([0, 0]);
    expect([await tile('completed'), await tile('failed')]).toEqual([all['tasks_completed'], all['tasks_failed']]);
    await refresh('Workers');
    await page.locator('.load-fill[style="width: 0%"]').nth(7).waitFor({ state: 'attached' });
    expect(await page.locator('.load-fill:not([style="width: 0%"])').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('follows by itself what others do', async () => {
    const { id } = await api.submit({ type: 'simulation', priority: 5, cost: 1, region: 'ap-east' });
    await shows('.task-item', `${String(id).slice(0, 8)}...`);
    await shows('#stat-processed', /^1$/);
    expect(complaints).toEqual([]);
  });
});
