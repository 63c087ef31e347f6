import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, skipBrowserTests } from '../helpers/chromium.ts';
import { type LiveServer, startLiveServer } from './harness.ts';
import { openPage, untilLive } from './page.ts';

/**
 * The pictures of README and docs, taken from a server at work: `UPDATE_SCREENSHOTS=1 npx vitest run --project browser screenshots`. Without
 * that variable the same pages are opened and nothing is written.
 */
const folder = 'docs/img';
const update = process.env['UPDATE_SCREENSHOTS'] === '1';
const caller = { name: 'ops', tenant: undefined };

describe.skipIf(skipBrowserTests)('pictures', () => {
  let browser: Browser;
  let server: LiveServer;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startLiveServer({ isDemo: true })]);
    const { engine } = server;
    await engine.switchAlgorithm({ algorithm: 'min_cost' }, caller);
    // Waves a minute apart: the picture is taken when the second one rises and pools are used in different degrees.
    await engine.simulate(
      {
        ...{ taskCount: 4_000, distribution: 'random', regionBias: 'us-east', priorityRange: [1, 10], costRange: [0.1, 4] },
        ...{ pattern: 'diurnal', rate: update ? 38 : 200, durationMs: 60_000, seed: 7 },
      },
      caller,
    );
    await new Promise<void>((resolve) => {
      let hasEbbed = false;
      const stop = engine.events.onChange(() => {
        const { completed, failed, byStatus } = engine.stats();
        hasEbbed ||= completed + failed > 1_750 && byStatus.processing < 20;
        if (update ? !(hasEbbed && byStatus.processing > 30) : completed + failed < 20) return;
        stop();
        resolve();
      });
    });
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  it.each([
    ['overview-light', '/', 'light'],
    ['overview-dark', '/', 'dark'],
    ['explain-light', 'waiting', 'light'],
    ['preview-light', '/tasks/new?preview=1&type=order&priority=5&cost=2&region=us-east', 'light'],
  ] as const)('%s', async (name, path, colorScheme) => {
    const opened = await openPage(browser, server.url, { viewport: { width: 1440, height: 1000 }, colorScheme });
    await opened.page.goto(path === 'waiting' ? await pathOfWaiting() : path);
    await untilLive(opened.page);
    await opened.page
      .locator(path === '/' ? '#recent tbody tr' : 'h1')
      .first()
      .waitFor();
    if (update) {
      mkdirSync(folder, { recursive: true });
      await opened.page.screenshot({ path: `${folder}/${name}.png` });
    }
    expect(opened.complaints).toEqual([]);
    await opened.close();
  });

  /** Twelve tasks for a pool of three slots: the last of them waits, and says why. */
  async function pathOfWaiting(): Promise<string> {
    const picky = {
      type: 'simulation',
      priority: 7,
      cost: 2,
      region: 'ap-east',
      regionMode: 'require',
      resourceType: 'gpu',
      maxCost: 9,
    } as const;
    const items = await server.engine.submitBatch(
      Array.from({ length: 12 }, () => picky),
      caller,
    );
    const last = items.at(-1);
    return last && 'task' in last ? `/tasks/${last.task.id}/explain` : '/tasks';
  }
});
