import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unlimitedType } from '../../src/core/domain/task-type.ts';
import { payloads } from '../frontend/payloads.ts';
import { launchBrowser, skipBrowserTests } from '../helpers/chromium.ts';
import { type LiveServer, startLiveServer, stuckPool } from './harness.ts';
import { isPwned, markupAttempts } from './in-page.js';
import { callModule, openPage, untilLive } from './page.ts';

const caller = { name: '<img src=x onerror=alert(1)>', tenant: undefined };

describe.skipIf(skipBrowserTests)('stored text that would like to be a script', () => {
  let browser: Browser;
  let server: LiveServer;
  const ids: string[] = [];

  /** Through the engine, past the checks of the API, so that every field that pages show holds every payload. */
  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startLiveServer()]);
    const { engine } = server;
    const name = payloads.slice(0, 8).join('');
    const region = payloads.slice(14, 18).join('');
    await engine.putType(
      {
        ...{ name, description: name, requires: [], ...unlimitedType, timeoutMs: 1_000, maxAttempts: 1 },
        resourceType: null,
        origin: 'api',
      },
      caller,
    );
    await engine.addPool(
      {
        ...stuckPool,
        name: `pool ${payloads.slice(8, 14).join('')}`,
        region,
        types: [name],
        executor: 'simulated',
        simulated: { latencyMs: [1, 2], failureRatio: 0.5, seed: 1 },
      },
      caller,
    );
    for (const payload of payloads) {
      const { task } = await engine.submit(
        {
          type: name,
          tenant: payload,
          region,
          metadata: { [payload]: payload },
          payload: { [payload]: [payload] },
          acceptUnroutable: true,
        },
        { name: payload, tenant: undefined },
        { idempotency: { key: payload, fingerprint: payload } },
      );
      ids.push(task.id);
      const { task: failing } = await engine.submit({ type: 'sum', payload: [payload, payload], maxAttempts: 1, region }, caller);
      await engine.waitFor(failing.id, 20_000, caller);
      ids.push(failing.id);
    }
    const { task: stopped } = await engine.submit({ type: name, region, runAt: Date.now() + 3_600_000, acceptUnroutable: true }, caller);
    await engine.cancel(stopped.id, { name: payloads[0] ?? '', tenant: undefined });
    ids.unshift(stopped.id);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  it('stays text on every page, with and without live updates', async () => {
    const pool = encodeURIComponent(server.engine.pools().find(({ pool }) => pool.name.startsWith('pool '))?.pool.name ?? '');
    const paths = [
      '/',
      '/pools',
      `/pools/${pool}`,
      '/tasks',
      '/tasks?status=queued',
      '/tasks/new',
      '/algorithms',
      '/quotas',
      '/simulate',
      '/logs',
      ...ids
        .slice(0, 6)
        .flatMap((id) => [
          `/tasks/${id}`,
          `/tasks/${id}/explain`,
          `/tasks/${id}?tab=events`,
          `/tasks/${id}?tab=json`,
          `/tasks/new?clone=${id}`,
        ]),
    ];
    const opened = await openPage(browser, server.url);
    for (const path of paths) {
      await opened.page.goto(path);
      await untilLive(opened.page);
      await server.engine.submit({ type: 'hash', payload: payloads[1] ?? '' }, { name: payloads[2] ?? '', tenant: undefined });
      expect(await opened.page.evaluate(isPwned), path).toBe(false);
      expect(opened.complaints, path).toEqual([]);
    }
    await opened.close();
  });

  it('stays text when it comes in the address or in a cookie', async () => {
    const opened = await openPage(browser, server.url);
    // Three at a time; one by one they are in tests/frontend.
    for (let i = 0; i < payloads.length; i += 3) {
      const payload = payloads.slice(i, i + 3).join('');
      const value = encodeURIComponent(payload);
      await opened.context.addCookies([
        {
          name: 'trx_flash',
          value: encodeURIComponent(JSON.stringify({ tone: 'ok', text: payload, to: payload, label: payload })),
          url: server.url,
        },
      ]);
      await opened.page.goto(`/tasks?type=${value}&region=${value}&pool=${value}&priority_gte=${value}&cursor=`);
      await opened.page.goto(`/tasks/new?type=${value}&payload=${value}&tenant=${value}&metadata=${value}`);
      await opened.page.goto(`/logs?task_id=${value}`);
      await opened.page.goto(`/simulate?region_bias=${value}&shape=${value}`);
      expect(await opened.page.evaluate(isPwned), payload).toBe(false);
    }
    // A filter that cannot be is answered with 422, which the browser notes.
    expect(opened.complaints.filter((complaint) => !complaint.includes('status of 422'))).toEqual([]);
    await opened.close();
  });

  it('is refused by the page where it would become markup', async () => {
    const opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto('/');
    await untilLive(page);
    const module = (await page.locator('script[type="module"]').getAttribute('src'))?.replace('main.js', 'dom.js') ?? '';
    await expect(callModule(page, module, 'nodes', '<b>x</b>')).rejects.toThrow('only markup of the html tag becomes nodes');
    expect(await page.evaluate(markupAttempts)).toEqual(['TypeError', 'TypeError']);
    await opened.close();
  });

  it('is no way to send people elsewhere', async () => {
    const opened = await openPage(browser, server.url, { javaScriptEnabled: false });
    for (const back of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const answer = await opened.context.request.post('/preferences', { form: { theme: 'dark', back }, maxRedirects: 0 });
      expect(answer.headers()['location'], back).toBe('/');
    }
    await opened.close();
  });
});
