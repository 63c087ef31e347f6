import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, skipBrowserTests } from '../helpers/chromium.ts';
import { type LiveServer, replayed, startLiveServer } from './harness.ts';
import { borderStyle, doubleText, hidden, movingElements, overflow, requestsBeforePaint, setTheme, transferSizes } from './in-page.js';
import { openPage, rules, untilLive, violations } from './page.ts';

const caller = { name: 'test', tenant: undefined };
const screens = [
  '/',
  '/pools',
  '/pools/us-east-cpu-pool',
  '/tasks',
  '/tasks?status=cancelled',
  '/tasks/new',
  '/tasks/new?preview=1&type=order&priority=5&cost=2&region=us-east',
  '/tasks/new?preview=1&type=order&priority=5&cost=2&region=us-east&slots=999',
  '/tasks/TASK',
  '/tasks/TASK/explain',
  '/tasks/TASK?tab=events',
  '/tasks/TASK?tab=json',
  '/algorithms',
  '/quotas',
  '/replays',
  '/replays/REPLAY',
  '/replays/REPLAY/activation?card=1',
  '/simulate?task_count=200&shape=at:spike&rate=20',
  '/logs',
  '/keys',
  '/tasks/none',
  '/nodes/none',
];

const live = (path: string) => !path.endsWith('/none');

describe.skipIf(skipBrowserTests)('every screen', () => {
  let browser: Browser;
  let server: LiveServer;
  let task = '';
  let replay = '';

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startLiveServer()]);
    const { engine } = server;
    await engine.submitBatch(
      Array.from({ length: 5 }, () => ({ type: 'wait', payload: 600 })),
      caller,
    );
    const { task: failed } = await engine.submit({ type: 'sum', payload: 'no list', maxAttempts: 1 }, caller);
    await engine.waitFor(failed.id, 20_000, caller);
    const { tasks } = await engine.tasks({ filter: { status: ['queued'] }, limit: 2 }, caller);
    await engine.cancel(tasks[0]?.id ?? '', caller);
    task = tasks[1]?.id ?? '';
    await fetch(`${server.url}/api/v1/keys`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'me', role: 'admin' }) },
    });
    await engine.changePool('ap-east-gpu-pool', { state: 'paused' }, caller);
    await engine.changePool('ap-east-cpu-pool', { state: 'draining' }, caller);
    const { simulation: run } = await engine.simulate(
      {
        ...{ taskCount: 12, distribution: 'random', regionBias: null, priorityRange: [1, 10], costRange: [1, 2] },
        ...{ pattern: null, rate: 10, durationMs: 1_000, seed: 1 },
      },
      caller,
    );
    while ((await engine.simulation(run.id))?.status === 'running') await new Promise((resolve) => setImmediate(resolve));
    replay = await replayed(server);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  const pathOf = (screen: string) => screen.replace('TASK', task).replace('REPLAY', replay);

  it.each([
    { width: 360, otherThemes: ['dark'] },
    { width: 1280, otherThemes: ['dark', 'contrast'] },
  ])('has no axe violation at $width px, in any theme', { timeout: 180_000 }, async ({ width, otherThemes }) => {
    // The checker runs as a script of its own in the page, which the page's policy rightly forbids.
    const opened = await openPage(browser, server.url, { viewport: { width, height: 900 }, bypassCSP: true, reducedMotion: 'reduce' });
    const { page } = opened;
    for (const screen of screens) {
      await page.goto(pathOf(screen));
      if (live(screen)) await untilLive(page);
      expect(await violations(page, rules.all), screen).toEqual([]);
      for (const theme of otherThemes) {
        await page.evaluate(setTheme, theme);
        // A theme changes colours and nothing else.
        expect(await violations(page, rules.ofColour), `${screen} in ${theme}`).toEqual([]);
      }
    }
    await opened.close();
  });

  it('has no axe violation before its first task, in a refused form, in a dialog and in an open menu', async () => {
    const opened = await openPage(browser, server.url, { bypassCSP: true });
    const { page } = opened;
    const check = async (what: string) => {
      expect(await violations(page, rules.all), what).toEqual([]);
    };
    await page.goto('/tasks/new');
    await untilLive(page);
    await page.locator('#task-metadata').fill('not an object');
    await page.getByRole('button', { name: 'Submit task' }).click();
    await page.locator('#task-metadata-error').waitFor();
    await check('refused form');
    await page.locator('summary[aria-label="Display"]').click();
    await check('open menu');
    await page.getByRole('button', { name: 'Show shortcuts' }).click();
    await check('dialog');
    await opened.close();
  });

  it('fits into 320 px, and into 200 % text, without scrolling sideways', async () => {
    const opened = await openPage(browser, server.url, { viewport: { width: 320, height: 800 } });
    for (const screen of screens) {
      await opened.page.goto(pathOf(screen));
      if (live(screen)) await untilLive(opened.page);
      expect(await opened.page.evaluate(overflow), screen).toBeLessThanOrEqual(0);
    }
    await opened.page.setViewportSize({ width: 1280, height: 900 });
    for (const screen of screens) {
      await opened.page.goto(pathOf(screen));
      await opened.page.evaluate(doubleText);
      expect(await opened.page.evaluate(overflow), `${screen} at 200 %`).toBeLessThanOrEqual(0);
    }
    await opened.close();
  });

  it('shows the map of pools, each row of a list and the ends of the cost axis whole on a phone', async () => {
    const opened = await openPage(browser, server.url, { viewport: { width: 390, height: 800 } });
    for (const [screen, part] of [
      ['/', '#pools .table-scroll'],
      ['/', '#recent .table-scroll'],
      ['/tasks', '[data-live="tasks"] .table-scroll'],
      ['/pools', '[data-live="pools-table"] .table-scroll'],
      ['/pools/stuck', '[data-live="pool-tasks"] .table-scroll'],
      ['/logs', '.table-scroll'],
      ['/quotas', '.table-scroll'],
      ['/keys', '.table-scroll'],
    ] as const) {
      await opened.page.goto(screen);
      expect(await opened.page.locator(part).first().evaluate(hidden), screen).toBe(0);
    }
    await opened.page.goto('/tasks?status=failed,queued');
    for (const part of ['.why', '.actions button', '[data-label="Wait"]']) {
      const box = await opened.page.locator(`tbody ${part}`).first().boundingBox();
      expect((box?.x ?? 390) + (box?.width ?? 390), part).toBeLessThanOrEqual(390);
    }
    await opened.page.goto(pathOf('/replays/REPLAY'));
    const ends = opened.page.locator('.scatter .chart-scale > span:not(.chart-axes)');
    const axes = opened.page.locator('.chart-axes');
    const below = async (index: number) => ((await axes.boundingBox())?.y ?? 0) - ((await ends.nth(index).boundingBox())?.y ?? 0);
    expect([(await below(0)) > 8, (await below(1)) > 8]).toEqual([true, true]);
    await opened.close();
  });

  it('asks only this server, at most 8 times before it is painted, and complains of nothing', async () => {
    const opened = await openPage(browser, server.url);
    for (const screen of screens.filter(live)) {
      await opened.page.goto(pathOf(screen));
      await untilLive(opened.page);
      const beforePaint = await opened.page.evaluate(requestsBeforePaint);
      expect(beforePaint, screen).toBeLessThanOrEqual(8);
    }
    expect(opened.complaints).toEqual([]);
    await opened.close();
  });

  it('is small: HTML, style and scripts', async () => {
    const opened = await openPage(browser, server.url);
    await opened.page.goto('/');
    await untilLive(opened.page);
    const sizes = await opened.page.evaluate(transferSizes);
    expect(sizes.html).toBeGreaterThan(0);
    expect(sizes.html).toBeLessThanOrEqual(25 * 1_024);
    expect(sizes.css).toBeLessThanOrEqual(12 * 1_024);
    expect(sizes.js).toBeGreaterThan(0);
    expect(sizes.js).toBeLessThanOrEqual(35 * 1_024);
    await opened.close();
  });

  it('is readable in forced colours and on paper, and still when motion is unwanted', async () => {
    const opened = await openPage(browser, server.url, { forcedColors: 'active', reducedMotion: 'reduce' });
    const { page } = opened;
    await page.goto('/');
    await untilLive(page);
    expect(await page.locator('.badge').first().evaluate(borderStyle)).toBe('solid');
    expect(await page.evaluate(movingElements)).toBe(0);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.nav-wide').isVisible()).toBe(false);
    expect(await page.locator('#recent table').isVisible()).toBe(true);
    await opened.close();
  });

  it('has headers that let nothing in', async () => {
    for (const screen of screens) {
      const { headers } = await fetch(`${server.url}${pathOf(screen)}`, { headers: { accept: 'text/html' } });
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy, screen).toContain("default-src 'none'");
      expect(policy, screen).toContain("require-trusted-types-for 'script'; trusted-types trx-html");
      expect(policy, screen).not.toContain('unsafe');
      expect(headers.get('x-content-type-options'), screen).toBe('nosniff');
      expect(headers.get('cache-control'), screen).toBe('no-store');
    }
  });

  it('refuses forms that another site sends', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }]) {
      const answer = await fetch(`${server.url}/algorithms/switch`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } as Record<string, string>,
        body: 'algorithm=priority',
      });
      expect(answer.status, JSON.stringify(headers)).toBe(403);
    }
    expect(server.engine.algorithm().name).toBe('fifo');
  });
});
