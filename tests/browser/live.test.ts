import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, skipBrowserTests } from '../helpers/chromium.ts';
import { farPool, type LiveServer, startLiveServer } from './harness.ts';
import { announced, focusedId, focusedText, setRole, watchAnnouncements } from './in-page.js';
import { openPage, untilLive, type WatchedPage } from './page.ts';

const caller = { name: 'test', tenant: undefined };

describe.skipIf(skipBrowserTests)('the dashboard, live', () => {
  let browser: Browser;
  let server: LiveServer;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startLiveServer()]);
  });
  afterAll(async () => {
    await browser.close();
    expect(server.faults).toEqual([]);
    await server.stop();
  });

  async function open(path: string): Promise<WatchedPage> {
    const opened = await openPage(browser, server.url);
    await opened.page.goto(path);
    await untilLive(opened.page);
    return opened;
  }

  const submit = (count: number) =>
    server.engine.submitBatch(
      Array.from({ length: count }, () => ({ type: 'wait', payload: 600 })),
      caller,
    );
  const tile = (opened: WatchedPage, label: string) =>
    opened.page.locator('.tile', { has: opened.page.locator('.tile-label').getByText(label, { exact: true }) }).locator('.tile-value');

  it('shows a task that someone else submits, without a reload', async () => {
    const opened = await open('/');
    const { page } = opened;
    const { task } = await server.engine.submit({ type: 'hash', payload: 'seen' }, caller);
    const row = page.locator(`#task-${task.id}`);
    await row.waitFor();
    await row.getByText('Completed').waitFor();
    await page.locator('[data-live="first-run"]:empty').waitFor({ state: 'attached' });
    expect(opened.complaints).toEqual([]);
    await opened.close();
  });

  it('submits without leaving the page, with a new key each time', async () => {
    const opened = await open('/');
    const { page } = opened;
    for (const text of ['one', 'two']) {
      await page.locator('#quick-type').selectOption('hash');
      await page.locator('#quick-payload').fill(text);
      await page.getByRole('button', { name: 'Submit task' }).click();
      await page.locator('#flash', { hasText: /Task #\d+ is / }).waitFor();
      await page.locator('#quick-payload:placeholder-shown').waitFor();
    }
    expect(new URL(page.url()).pathname).toBe('/');
    expect(
      (await server.engine.tasks({ filter: { type: ['hash'] }, limit: 10 }, caller)).tasks.map((task) => task.payload).slice(0, 2),
    ).toEqual(['two', 'one']);
    expect(opened.complaints).toEqual([]);
    await opened.close();
  });

  it('shows a refused submit at the field and keeps what was typed', async () => {
    const opened = await open('/tasks/new');
    const { page } = opened;
    await page.locator('#task-metadata').fill('not an object');
    await page.getByRole('button', { name: 'Submit task' }).click();
    await page.locator('#task-metadata-error').waitFor();
    expect(await page.locator('#task-metadata').inputValue()).toBe('not an object');
    expect(await page.evaluate(focusedText)).toContain('metadata');
    await opened.close();
  });

  it('shows machines that join, work, drain and leave', async () => {
    const { engine } = server;
    await engine.addPool({ ...farPool, labels: { site: 'far' } }, caller);
    const opened = await open('/pools/far');
    const { page } = opened;
    await page.getByText('No machine has joined this pool').waitFor();
    const { session } = engine.nodes.register({ id: 'm1', pool: 'far', types: ['order'], slots: 4, runsParts: false, agent: null }, []);
    const row = page.getByRole('row', { name: /^m1 / });
    await row.getByText('Live').waitFor();
    const constraints = [{ label: 'site', op: '=', value: 'far' }] as const;
    await engine.submit({ type: 'order', priority: 5, region: 'us-east', cost: 1, constraints }, caller);
    await row.getByText('1 / 4').waitFor();
    await row.getByRole('button', { name: 'Drain m1' }).click();
    await page.locator('#flash', { hasText: 'm1 is draining.' }).waitFor();
    await row.getByText('Drained', { exact: true }).waitFor(); // what it had not fetched went back to the queue
    engine.nodes.remove('m1', session);
    await page.getByText('No machine has joined this pool').waitFor();
    expect(opened.complaints).toEqual([]);
    await opened.close();
  });

  it('moves pools and counters under a simulation, and follows the run to its end', async () => {
    const opened = await open('/');
    const { page } = opened;
    await page.locator('#sim-task_count').fill('60');
    await page.getByRole('button', { name: 'Run simulation' }).click();
    await page.locator('.pool-card .bar-fill').first().waitFor();
    await page.getByText('60 of 60 tasks submitted').waitFor();
    const { tasks } = await server.engine.tasks({ filter: {}, limit: 60 }, caller);
    for (const { id } of tasks) await server.engine.waitFor(id, 30_000, caller);
    const { completed, failed } = server.engine.stats();
    await tile(opened, 'Processed')
      .and(page.getByText(String(completed + failed), { exact: true }))
      .waitFor();
    await tile(opened, 'Failed')
      .and(page.getByText(String(failed), { exact: true }))
      .waitFor();
    expect(opened.complaints).toEqual([]);
    await opened.close();
  });

  it('follows a replay to its cards, and shows it in the list of another tab', async () => {
    await submit(3);
    const [opened, other] = [await open('/replays'), await open('/replays')];
    const { page } = opened;
    await page.getByRole('checkbox', { name: /^sjf/ }).check();
    await page.locator('#replay-pools').fill('nowhere');
    await page.getByRole('button', { name: 'Start replay' }).click();
    await page.locator('#replay-pools-error').waitFor();
    expect(await page.getByRole('checkbox', { name: /^sjf/ }).isChecked()).toBe(true);
    await page.locator('#replay-pools').fill('stuck capacity=2');
    await page.getByRole('button', { name: 'Start replay' }).click();
    await page.getByText('Side by side').waitFor();
    await page.locator('#card-0').getByText('Mean wait').waitFor();
    await other.page.getByRole('row', { name: /sjf/ }).getByText('Done').waitFor();
    // The browser notes the refused request by itself.
    expect([...opened.complaints, ...other.complaints].filter((complaint) => !complaint.includes('status of 422'))).toEqual([]);
    await Promise.all([opened.close(), other.close()]);
  });

  it('switches the algorithm and says which one decides, here and in another tab', async () => {
    const [opened, other] = [await open('/'), await open('/pools')];
    await opened.page.getByLabel('Switch to').selectOption('min_cost');
    await opened.page.getByRole('button', { name: 'Switch', exact: true }).click();
    for (const { page } of [opened, other]) await page.locator('.top-algorithm', { hasText: 'min_cost' }).waitFor();
    await opened.page.locator('.current-algorithm', { hasText: 'min_cost' }).waitFor();
    expect([...opened.complaints, ...other.complaints]).toEqual([]);
    await Promise.all([opened.close(), other.close()]);
  });

  it('tells a refused parameter at its field, and leaves other forms as they are being filled in', async () => {
    const opened = await open('/algorithms');
    const { page } = opened;
    await page.locator('#algorithm-sjf summary').click();
    await page.locator('#algorithm-sjf').getByLabel('Why').fill('kept');
    await page.locator('#overtaking summary').click();
    await page.getByLabel('patience_least_ms').fill('700000');
    await page.getByRole('button', { name: /^Apply to / }).click();
    await page.locator('#overtaking .field-error', { hasText: 'patience_most_ms' }).waitFor();
    expect(await page.getByLabel('patience_least_ms').inputValue()).toBe('700000');
    expect(await page.evaluate(focusedId)).toBe('algorithm-params');
    expect(await page.locator('#algorithm-sjf').getByLabel('Why').inputValue()).toBe('kept');
    await opened.close();
  });

  it('draws what a role may see without what it may not do, and no card that is left empty', async () => {
    const opened = await open('/algorithms');
    const { page } = opened;
    await page.evaluate(setRole, 'read');
    await page.locator('#algorithm-sjf summary').click();
    expect(await page.locator('#algorithm-sjf').getByText('Longest wait behind newer work').isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: /^(?:Switch to|Go back|Apply)/ }).count()).toBe(0);
    await page.goto('/pools/stuck');
    for (const [role, isShown] of [
      ['read', false],
      ['submit', false],
      ['operate', true],
    ] as const) {
      await page.evaluate(setRole, role);
      expect(await page.getByRole('heading', { name: 'Change' }).isVisible(), role).toBe(isShown);
    }
    await opened.close();
  });

  it('does not move rows under the pointer: new ones wait behind a chip', async () => {
    await submit(3);
    const opened = await open('/tasks?status=queued');
    const { page } = opened;
    const first = await page.locator('tbody tr').first().getAttribute('id');
    await page.locator('tbody tr').first().hover();
    await submit(2);
    await page.getByRole('button', { name: '2 new tasks – show' }).waitFor();
    expect(await page.locator('tbody tr').first().getAttribute('id')).toBe(first);
    await page.getByRole('button', { name: '2 new tasks – show' }).click();
    await page
      .locator('tbody tr')
      .nth(2)
      .and(page.locator(`#${first}`))
      .waitFor();
    expect(opened.complaints).toEqual([]);
    await opened.close();
  });

  it('keeps focus on its row while the list changes a hundred times', async () => {
    const opened = await open('/tasks?status=queued');
    const { page } = opened;
    const link = page.locator('tbody tr').first().locator('th a');
    await link.focus();
    const name = await link.textContent();
    for (let i = 0; i < 100; i++) await submit(1);
    await page.getByRole('button', { name: '50+ new tasks – show' }).waitFor();
    expect(await page.evaluate(focusedText)).toBe(name);
    await opened.close();
  });

  it('cancels from the row and from the keyboard, after asking', async () => {
    const opened = await open('/tasks?status=queued');
    const { page } = opened;
    const rows = page.locator('tbody tr');
    const first = await rows.nth(0).getAttribute('id');
    await rows
      .nth(0)
      .getByRole('button', { name: /^Cancel/ })
      .click();
    await page.locator('#flash', { hasText: 'Cancelled.' }).waitFor();
    const task = await server.engine.task(first?.slice('task-'.length) ?? '', caller);
    expect(task?.status).toBe('cancelled');
    await opened.close();
  });

  it('pauses, counts what waits, remembers it in the address, and goes on', async () => {
    const opened = await open('/');
    const { page } = opened;
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(new URL(page.url()).searchParams.get('paused')).toBe('1');
    const before = await tile(opened, 'Pending').textContent();
    await submit(2);
    await page.getByText(/Paused, \d+ changes wait/).waitFor();
    expect(await tile(opened, 'Pending').textContent()).toBe(before);
    await page.getByRole('button', { name: 'Go on' }).click();
    const { queued, delayed } = server.engine.stats().byStatus;
    expect(String(queued + delayed)).not.toBe(before);
    await tile(opened, 'Pending')
      .and(page.getByText(String(queued + delayed), { exact: true }))
      .waitFor();
    expect(opened.complaints).toEqual([]);
    await opened.close();
  });

  it('is quiet to a screen reader while numbers change', async () => {
    const opened = await open('/');
    const { page } = opened;
    await page.evaluate(watchAnnouncements);
    await server.engine.simulate(
      {
        ...{ taskCount: 100, distribution: 'random', regionBias: null, priorityRange: [1, 10], costRange: [1, 2] },
        ...{ pattern: null, rate: 10, durationMs: 1_000, seed: 1 },
      },
      caller,
    );
    await page.getByText('100 of 100 tasks submitted').waitFor();
    expect(await page.evaluate(announced)).toEqual([]);
    await opened.close();
  });

  it('follows one task to its end on its own page', async () => {
    const { task } = await server.engine.submit({ type: 'order', priority: 5, cost: 1, region: 'us-east' }, caller);
    const opened = await open(`/tasks/${task.id}`);
    const end = await server.engine.waitFor(task.id, 30_000, caller);
    await opened.page.locator('h1', { hasText: end?.status === 'failed' ? 'Failed' : 'Completed' }).waitFor();
    expect(opened.complaints).toEqual([]);
    await opened.close();
  });
});

describe.skipIf(skipBrowserTests)('a server that goes away', () => {
  it('is said, with the age of the data, and forms say "not sent"', async () => {
    const [browser, server] = await Promise.all([launchBrowser(), startLiveServer()]);
    const opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto('/');
    await untilLive(page);
    await server.stop();
    await page.getByText(/^Data from \d\d:\d\d:\d\d\. Reconnecting/).waitFor();
    await page.locator('#quick-payload').fill('kept');
    await page.getByRole('button', { name: 'Submit task' }).click();
    await page.getByText('Nothing was sent; what you typed is kept.').first().waitFor();
    expect(await page.locator('#quick-payload').inputValue()).toBe('kept');
    await opened.close();
    await browser.close();
  });
});
