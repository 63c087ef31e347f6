import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { removeFiles } from '../../src/files/housekeeping.ts';
import { setupBundles } from '../helpers/bundle-app.ts';
import { launchBrowser, skipBrowserTests } from '../helpers/chromium.ts';
import { field, file } from '../helpers/form.ts';
import { overflow, setTheme } from './in-page.js';
import { openPage, rules, shows, untilLive, violations } from './page.ts';

/** What a bundle prints and leaves, on its page: real files, a real browser, and jobs that do what the test says. */
describe.skipIf(skipBrowserTests)('the page of a bundle', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  async function setup(options: BrowserContextOptions = {}) {
    const bundles = await setupBundles({ pages: true });
    const url = await bundles.app.listen({ port: 0, host: '127.0.0.1' });
    const opened = await openPage(browser, url, options);
    onTestFinished(async () => {
      await opened.close();
      bundles.app.server.closeAllConnections();
    });
    return { ...bundles, ...opened, url };
  }

  it('shows what it prints as it prints it, and stays at its end until somebody scrolls up', async () => {
    const { page, complaints, start, prints, finish } = await setup();
    const id = await start();
    prints(id, 'stdout', 'first\n');
    await page.goto(`/tasks/${id}?tab=output`);
    await untilLive(page);
    const box = page.locator('#stdout');
    await shows(box.getByText('first'));
    prints(id, 'stderr', '\u001b[31moops\u001b[0m <b>\n');
    expect(await page.locator('#stderr').textContent()).toBe('oops <b>\n');
    prints(id, 'stdout', `${Array.from({ length: 200 }, (_, i) => `line ${i}`).join('\n')}\n`);
    await shows(box.getByText('line 199'));
    const toEnd = () => box.evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop);
    await expect.poll(toEnd).toBeLessThan(2);
    await box.evaluate((element) => {
      element.scrollTop = 0;
    });
    prints(id, 'stdout', 'last\n');
    await shows(box.getByText('last'));
    expect(await box.evaluate((element) => element.scrollTop)).toBe(0);
    await finish(id);
    await shows(page.getByText('Attempt 1.', { exact: true }));
    await shows(page.getByRole('heading', { name: 'Completed' }));
    expect(complaints).toEqual([]);
  });

  it('shows the output of one part at a time, live', async () => {
    const { page, complaints, start, prints, finish } = await setup();
    const id = await start({ parts: '2' });
    for (const part of [0, 1]) prints(id, 'stdout', `from ${part}\n`, part);
    await page.goto(`/tasks/${id}?tab=output&part=1`);
    await untilLive(page);
    const shown = page.locator('#stdout');
    await shows(shown.getByText('from 1'));
    prints(id, 'stdout', 'of another\n', 0);
    prints(id, 'stdout', 'and on\n', 1);
    await shows(shown.getByText('and on'));
    expect(await shown.textContent()).toBe('from 1\nand on\n');
    await page.getByRole('link', { name: 'Part 0' }).click();
    await shows(shown.getByText('of another'));
    expect(await shown.textContent()).toBe('from 0\nof another\n');
    await finish(id);
    await shows(page.getByRole('heading', { name: 'Completed' }));
    expect(await shown.textContent()).toBe('from 0\nof another\n');
    expect(complaints).toEqual([]);
  });

  it('has output and files without a script: while it runs, at its end, and when they are removed', async () => {
    const { page, start, leaves, prints, finish, files, url } = await setup({ javaScriptEnabled: false });
    const id = await start();
    await leaves(id, 'd/half <b>.txt', 'half');
    prints(id, 'stdout', 'up\n');
    await page.goto(`/tasks/${id}`);
    await page.getByRole('link', { name: 'Output', exact: true }).click();
    expect(await page.locator('#stdout').textContent()).toBe('up\n');
    await shows(page.getByText('Nothing so far.'));
    await page.getByRole('link', { name: 'Files', exact: true }).click();
    await shows(page.getByText('Attempt 1, which runs now: 2 files'));
    expect(await page.locator('tbody tr').allTextContents()).toEqual(['d/half <b>.txt4 B', 'run.sh5 B']);
    await finish(id);
    await page.reload();
    const get = async (name: string) => {
      const answer = await fetch(new URL((await page.getByRole('link', { name }).getAttribute('href')) ?? '', url));
      return { type: answer.headers.get('content-type'), text: await answer.text() };
    };
    expect(await get('d/half <b>.txt')).toEqual({ type: 'text/plain; charset=utf-8', text: 'half' });
    expect(await get('Download all as a zip')).toMatchObject({ type: 'application/zip', text: expect.stringMatching(/^PK/) });
    await removeFiles(files.places, id);
    await page.reload();
    await shows(page.getByText('Nothing is kept of it any more'));
  });

  it('says of a task that waits that there is nothing yet, and of others that they have no files', async () => {
    const { page, send, call, submit } = await setup({ javaScriptEnabled: false });
    await call('PATCH', '/api/v1/pools/bundles', { json: { state: 'paused' } });
    const { id } = (await send([field('type', 'bundle'), file('run.sh', 'echo\n')])).json();
    await page.goto(`/tasks/${id}?tab=files`);
    await shows(page.getByText('It has not run yet.'));
    await page.goto(`/tasks/${(await submit()).id}`);
    expect(await page.getByRole('link', { name: 'Files', exact: true }).count()).toBe(0);
  });

  it('shows the end of what is long, and says what is left out', async () => {
    const { page, start, prints, finish } = await setup({ javaScriptEnabled: false });
    const id = await start();
    prints(id, 'stdout', 'a line of twenty char\n'.repeat(5_000));
    await finish(id);
    await page.goto(`/tasks/${id}?tab=output`);
    await shows(page.getByText('The last 10.7 KiB are shown.'));
    expect((await page.locator('#stdout').textContent())?.split('\n')).toHaveLength(501);
  });

  it('has no axe violation in any theme, and fits on a phone', async () => {
    const { page, start, prints, leaves } = await setup({
      viewport: { width: 360, height: 800 },
      bypassCSP: true,
      reducedMotion: 'reduce',
    });
    const id = await start();
    await leaves(id, 'a/rather/long/path/that/does/not/fit/into/a/narrow/column.txt', 'x');
    prints(id, 'stdout', `${'long '.repeat(60)}\n`);
    for (const tab of ['output', 'files']) {
      await page.goto(`/tasks/${id}?tab=${tab}`);
      await untilLive(page);
      expect(await violations(page, rules.all), tab).toEqual([]);
      expect(await page.evaluate(overflow), tab).toBeLessThanOrEqual(0);
      await page.evaluate(setTheme, 'dark');
      expect(await violations(page, rules.ofColour), `${tab} in the dark`).toEqual([]);
    }
  });
});
