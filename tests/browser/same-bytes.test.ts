import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../frontend/view-cases.ts';
import { launchBrowser, skipBrowserTests } from '../helpers/chromium.ts';
import { type LiveServer, startLiveServer } from './harness.ts';
import { callModule, openPage, type WatchedPage } from './page.ts';

/** Server and browser paint from the same functions; this proves that the two engines write the same text with them. */
describe.skipIf(skipBrowserTests)('views in Node and in the browser', () => {
  let browser: Browser;
  let server: LiveServer;
  let opened: WatchedPage;
  let base = '';

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startLiveServer()]);
    opened = await openPage(browser, server.url, { timezoneId: 'Asia/Kathmandu', locale: 'de-CH' });
    await opened.page.goto('/tasks');
    base = (await opened.page.locator('script[type="module"]').getAttribute('src'))?.replace('main.js', 'views/') ?? '';
  });
  afterAll(async () => {
    await opened.close();
    await browser.close();
    await server.stop();
  });

  it.each(cases)('$view: $name', async ({ module, view, model, render }) => {
    const markup = await callModule(opened.page, `${base}${module}.js`, view, model);
    expect(markup).toBe(render().toString());
    expect(markup).not.toBe('undefined');
  });
});
