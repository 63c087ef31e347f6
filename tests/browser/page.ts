import axe from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { axeViolations, hasAxe, reportViolations } from './in-page.js';

/** A tab that notes everything it should never do. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors, exceptions, CSP reports, dialogs, requests to other origins: empty on a good page. */
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export async function openPage(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1280, height: 900 }, ...options });
  await context.addInitScript(reportViolations);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    requests.push(request.url());
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:')) complaints.push(`foreign request: ${request.url()}`);
  });
  return { page, context, complaints, requests, close: () => context.close() };
}

/** The script has taken over and the stream is open. */
export async function untilLive(page: Page): Promise<void> {
  await page.getByText('Live', { exact: true }).waitFor();
}

/** Waits until the page shows it; fails when it never does. */
export async function shows(locator: Locator): Promise<void> {
  await locator.first().waitFor();
}

/**
 * Calls an export of one of the page's own modules. The function is made from text, because the test runner rewrites `import()` in code.
 * @returns what it returned, as text
 */
export async function callModule(page: Page, url: string, name: string, ...args: readonly unknown[]): Promise<string> {
  const load = ['im', 'port'].join(''); // it would be found in one piece even here
  const call = new Function('given', `return ${load}(given.url).then((module) => String(module[given.name](...given.args)))`);
  return (await page.evaluate(call as (given: unknown) => Promise<string>, { url, name, args })) as string;
}

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** What axe looks for. */
export const rules = { all: tags, ofColour: ['color-contrast', 'link-in-text-block'] };

/** What axe finds wrong on the page as it stands; the page must run without its policy. */
export async function violations(page: Page, runOnly: readonly string[]): Promise<readonly string[]> {
  if (!(await page.evaluate(hasAxe))) await page.evaluate(axe.source);
  return await page.evaluate(axeViolations, runOnly);
}
