import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, skipBrowserTests } from '../helpers/chromium.ts';
import { type LiveServer, startLiveServer } from './harness.ts';
import { blur, focusedId, focusedName, focusedPool, focusedTask, focusedText, focusSight } from './in-page.js';
import { openPage, shows, untilLive, type WatchedPage } from './page.ts';

const caller = { name: 'test', tenant: undefined };

/** No test here touches the pointer. */
describe.skipIf(skipBrowserTests)('the dashboard by keyboard alone', () => {
  let browser: Browser;
  let server: LiveServer;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startLiveServer()]);
    await server.engine.submitBatch(
      Array.from({ length: 5 }, () => ({ type: 'wait', payload: 600 })),
      caller,
    );
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  async function open(path: string): Promise<WatchedPage> {
    const opened = await openPage(browser, server.url);
    await opened.page.goto(path);
    await untilLive(opened.page);
    return opened;
  }

  /** Tabs until the focused element has this name. */
  async function tabTo(page: Page, name: RegExp): Promise<void> {
    for (let i = 0; i < 200; i++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(focusedName);
      if (name.test(focused)) return;
    }
    throw new Error(`Tab never reached ${name}`);
  }

  it('skips to the content first', async () => {
    const { page, close } = await open('/');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(focusedText)).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(focusedId)).toBe('main');
    await close();
  });

  it('submits a task', async () => {
    const { page, close } = await open('/');
    await tabTo(page, /^Type$/);
    await page.keyboard.type('hash');
    await tabTo(page, /^Payload$/);
    await page.keyboard.type('by keys');
    await tabTo(page, /^Submit task$/);
    await page.keyboard.press('Enter');
    await shows(page.locator('#flash', { hasText: /Task #\d+ is/ }));
    await close();
  });

  it('walks the rows, opens one, and comes back', async () => {
    const { page, close } = await open('/tasks');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    const name = await page.evaluate(focusedText);
    expect(name).toBe(await page.locator('tbody tr').nth(1).locator('th').textContent());
    await page.keyboard.press('Enter');
    await shows(page.locator('h1', { hasText: `Task ${name}` }));
    await close();
  });

  it('cancels and retries the row, after asking', async () => {
    const { page, close } = await open('/tasks?status=queued');
    await page.keyboard.press('j');
    const id = await page.evaluate(focusedTask);
    await page.keyboard.press('c');
    await shows(page.getByText(/^Cancel task #\d+\?$/));
    await page.keyboard.press('Escape');
    expect((await server.engine.task(id, caller))?.status).toBe('queued');
    await page.keyboard.press('c');
    await page.keyboard.press('Enter');
    await shows(page.locator('#flash', { hasText: 'Cancelled.' }));
    expect((await server.engine.task(id, caller))?.status).toBe('cancelled');
    await page.goto(`/tasks/${id}`);
    await untilLive(page);
    await page.keyboard.press('r');
    await page.keyboard.press('Enter');
    await shows(page.locator('#flash', { hasText: /Task #\d+ is queued/ }));
    await close();
  });

  it('goes everywhere with g and a letter, searches with /, and pauses with a dot', async () => {
    const { page, close } = await open('/');
    for (const [key, heading] of [
      ['t', 'Tasks'],
      ['p', 'Worker pools'],
      ['q', 'Limits'],
      ['a', 'Scheduling algorithms'],
      ['r', 'Replays'],
      ['s', 'Traffic simulator'],
      ['l', 'Live log'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await shows(page.locator('h1', { hasText: heading }));
      await untilLive(page);
    }
    await page.keyboard.press('.');
    await shows(page.getByText(/^Paused/));
    await page.keyboard.press('/');
    await page.keyboard.type('stuck');
    await page.keyboard.press('Enter');
    await shows(page.locator('h1', { hasText: 'stuck' }));
    await close();
  });

  it('starts a replay, and switches to what it tried, after asking', async () => {
    const { page, close } = await open('/replays');
    await tabTo(page, /^round_robin/);
    await page.keyboard.press('Space');
    await tabTo(page, /^Start replay$/);
    await page.keyboard.press('Enter');
    await shows(page.getByText('Side by side'));
    await tabTo(page, /^Switch to round_robin…$/);
    await page.keyboard.press('Enter');
    await shows(page.locator('h1', { hasText: 'Switch to round_robin?' }));
    expect(server.engine.algorithm().name).toBe('fifo');
    await tabTo(page, /^Switch to round_robin$/);
    await page.keyboard.press('Enter');
    await shows(page.getByText('round_robin decides from now on.'));
    expect(server.engine.algorithm().name).toBe('round_robin');
    await close();
  });

  it('lists the keys under ?, and lets them be switched off', async () => {
    const { page, close } = await open('/');
    await page.keyboard.press('?');
    await shows(page.getByRole('dialog').getByText('Pause and go on'));
    await page.keyboard.press('Escape');
    await tabTo(page, /^Display$/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^On$/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Escape');
    await page.evaluate(blur);
    await page.keyboard.press('?');
    await page.keyboard.press('.');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await page.getByText(/^Paused/).count()).toBe(0);
    await close();
  });

  it('does not take keys while someone types', async () => {
    const { page, close } = await open('/');
    await page.keyboard.press('/');
    await page.keyboard.type('g.t?');
    expect(await page.locator('#search').inputValue()).toBe('g.t?');
    expect(new URL(page.url()).pathname).toBe('/');
    await close();
  });

  it('walks the utilisation map with arrows and opens a pool', async () => {
    const { page, close } = await open('/pools');
    await page.locator('.heat-cell').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    const pool = await page.evaluate(focusedPool);
    await page.keyboard.press('Enter');
    await shows(page.locator('h1', { hasText: pool }));
    await close();
  });

  it('keeps the focused element in view, below the header, and ringed', async () => {
    const { page, close } = await open('/');
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const seen = await page.evaluate(focusSight);
      if (seen) expect(seen).toMatchObject({ inView: true, ringed: true });
    }
    await close();
  });
});
