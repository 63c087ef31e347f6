/**
 * One real Chromium for the browser tests. Skips them with one clear line where there is none, and fails instead under `CI=true`, so that a
 * machine without a browser cannot pass for a green one.
 *
 *     describe.skipIf(skipBrowserTests)('...', () => { beforeAll(async () => { browser = await launchBrowser(); }) })
 */
import { type Browser, chromium } from 'playwright-core';
import { findChromium } from '../../scripts/find-chromium.mjs';

/**
 * Our own list and not `@sparticuz/chromium`'s `args`: those switch off web security and put everything into one process, which is not the
 * browser people use. `--no-sandbox` because containers and root have no user namespaces.
 */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const missing = 'No Chromium found: install one (Debian: apt-get install chromium) or name one in TRX_CHROMIUM.';

const found = await findChromium();

/** True where there is no Chromium and a person runs the tests. */
export const skipBrowserTests = found === undefined && process.env['CI'] !== 'true';
if (skipBrowserTests) console.warn(`${missing} Browser tests are skipped.`);

/**
 * Starts one headless browser; one per test file is enough, with one context per test (a cold start costs seconds, a context milliseconds).
 * @throws when there is no Chromium
 */
export async function launchBrowser(): Promise<Browser> {
  if (!found) throw new Error(missing);
  return await chromium.launch({ executablePath: found.path, headless: true, args: flags, env: { ...process.env, ...found.env } });
}
