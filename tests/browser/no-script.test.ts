import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, skipBrowserTests } from '../helpers/chromium.ts';
import { farPool, type LiveServer, replayed, startLiveServer } from './harness.ts';
import { openPage, shows, type WatchedPage } from './page.ts';

describe.skipIf(skipBrowserTests)('the dashboard without JavaScript', () => {
  let browser: Browser;
  let server: LiveServer;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startLiveServer()]);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  async function open(path: string): Promise<WatchedPage> {
    const opened = await openPage(browser, server.url, { javaScriptEnabled: false });
    await opened.page.goto(path);
    return opened;
  }

  async function submit(count: number, type = 'wait', payload: unknown = 600): Promise<void> {
    const items = Array.from({ length: count }, () => ({ type, payload: payload as never }));
    await server.engine.submitBatch(items, { name: 'test', tenant: undefined });
  }

  it('greets an empty server with two steps, and has data in the first paint', async () => {
    const { page, close } = await open('/');
    await shows(page.getByRole('heading', { name: 'Nothing has run here yet' }));
    expect(await page.getByRole('link', { name: /^Submit/ }).getAttribute('href')).toBe('#submit');
    expect(await page.locator('.pool-card').count()).toBe(10);
    await shows(page.getByText(/^Data from/).first());
    await close();
  });

  it('submits, runs and shows a task', async () => {
    const { page, close } = await open('/');
    await page.locator('#quick-type').selectOption('hash');
    await page.locator('#quick-payload').fill('hello');
    await page.getByRole('button', { name: 'Submit task' }).click();
    expect(page.url()).toMatch(/\/tasks\/[0-9a-f-]{36}$/);
    await shows(page.getByText(/^Task #\d+ was accepted/));
    const id = page.url().split('/').at(-1) ?? '';
    await server.engine.waitFor(id, 20_000, { name: 'test', tenant: undefined });
    await page.reload();
    await shows(page.getByText('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'));
    expect(await page.getByText(/was accepted/).count()).toBe(0);
    await page.getByRole('link', { name: /^Events/ }).click();
    await page.waitForLoadState();
    expect(await page.locator('.table-log tbody tr').count()).toBe(3);
    await page.getByRole('link', { name: 'JSON and curl' }).click();
    expect(await page.locator('pre').first().textContent()).toContain(`"id": "${id}"`);
    await close();
  });

  it('makes one task of a form that is sent twice', async () => {
    const { page, context, close } = await open('/tasks/new');
    const key = await page.locator('input[name="request_key"]').inputValue();
    const send = () => context.request.post('/tasks/new', { form: { request_key: key, type: 'hash', payload: 'once' }, maxRedirects: 0 });
    const [first, second] = [await send(), await send()];
    expect(first.status()).toBe(303);
    expect(first.headers()['location']).toMatch(/^\/tasks\/[0-9a-f-]{36}$/);
    expect(second.headers()['location']).toBe(first.headers()['location']);
    await close();
  });

  it('says who waits longer than was promised, and cancels all that match a filter when that is confirmed', async () => {
    const caller = { name: 'test', tenant: undefined };
    const params = { aging_per_min: 1_000, patience_factor: 0, patience_least_ms: 0, patience_most_ms: 1 };
    await server.engine.switchAlgorithm({ algorithm: 'priority', params }, caller);
    const nobodysTask = { type: 'hash', payload: 'x', slots: 999, priority: 9, acceptUnroutable: true };
    const { task } = await server.engine.submit({ ...nobodysTask, tenant: 'acme' }, caller);
    const { task: other } = await server.engine.submit(nobodysTask, caller);
    const { page, close } = await open('/algorithms');
    await page.locator('#algorithm-priority summary').click();
    await shows(page.getByRole('row', { name: /^May be passed for/ }).getByText('540 ms'));
    do await page.goto(`/tasks/${task.id}`);
    while ((await page.getByText('It has waited longer than its strategy promises').count()) === 0);
    await page.goto('/');
    await shows(page.locator('#past-max-wait', { hasText: /\d tasks? ha.* waited longer/ }));
    await shows(page.locator('.doctor', { hasText: 'waited longer' }));
    await page.goto('/tasks?status=queued&priority_gte=9');
    await page.getByLabel('Tenant').fill('acme');
    await page.getByRole('button', { name: 'Filter' }).click();
    await shows(page.getByRole('link', { name: 'tenant acme' }));
    await page.getByText('All that match', { exact: true }).click();
    await page.getByRole('button', { name: 'Cancel all ...' }).click();
    await page.getByRole('button', { name: 'Cancel 1 task' }).click();
    expect(page.url()).toMatch(/\/operations\/[0-9a-f-]{36}$/);
    while ((await page.getByRole('heading', { name: 'Cancel of 1 task Done' }).count()) === 0) await page.reload();
    expect((await server.engine.task(task.id, caller))?.status).toBe('cancelled');
    expect((await server.engine.task(other.id, caller))?.status).toBe('queued');
    await server.engine.cancel(other.id, caller);
    await server.engine.switchAlgorithm({ algorithm: 'fifo' }, caller);
    await close();
  });

  it('gives a refused form back with its values, a summary and the error at the field', async () => {
    const { page, close } = await open('/tasks/new');
    // Beyond the range the browser itself would allow: what a handmade request sends.
    await page.locator('#task-priority').evaluate((input) => input.removeAttribute('max'));
    await page.locator('#task-priority').fill('15');
    await page.locator('#task-payload').fill('{"kept": true}');
    await page.getByRole('button', { name: 'Submit task' }).click();
    expect(await page.locator('#task-priority').getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('#task-priority-error').textContent()).toContain('must be an integer from 1 to 10');
    expect(await page.locator('#task-payload').inputValue()).toBe('{"kept": true}');
    expect(await page.getByRole('alert').getByRole('link', { name: 'priority' }).getAttribute('href')).toBe('#task-priority');
    await close();
  });

  it('filters, pages, cancels and retries', async () => {
    await submit(60);
    const { page, close } = await open('/tasks');
    await page.getByRole('checkbox', { name: 'Queued' }).check();
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.waitForLoadState();
    expect(new URL(page.url()).searchParams.get('status')).toBe('queued');
    expect(await page.locator('tbody tr').count()).toBe(50);
    const newest = await page.locator('tbody tr').first().getAttribute('id');
    await page.getByRole('link', { name: 'Older' }).click();
    await page.waitForLoadState();
    expect(await page.locator('tbody tr').count()).toBeGreaterThanOrEqual(9);
    expect(await page.locator(`#${newest}`).count()).toBe(0);
    await page.getByRole('link', { name: 'Newer' }).click();
    await page.waitForLoadState();
    expect(await page.locator('tbody tr').first().getAttribute('id')).toBe(newest);

    await page
      .locator('tbody tr')
      .first()
      .getByRole('button', { name: /^Cancel/ })
      .click();
    await shows(page.getByText('Cancelled: it will never run.'));
    await page.goto(`/tasks/${newest?.slice('task-'.length)}`);
    expect(await page.locator('h1').textContent()).toContain('Cancelled');
    await page.getByRole('button', { name: /^Retry/ }).click();
    await shows(page.getByText(/^Task #\d+ does it again/));
    await shows(page.getByText('Retry of'));
    await close();
  });

  it('says why a task waits', async () => {
    const { tasks } = await server.engine.tasks({ filter: { status: ['queued'] }, limit: 1 }, { name: 'test', tenant: undefined });
    const { page, close } = await open(`/tasks/${tasks[0]?.id}/explain`);
    expect(await page.locator('.alert-info b').first().textContent()).toMatch(/^Waiting /);
    await shows(page.getByRole('row', { name: /stuck/ }).getByText('yes'));
    await shows(page.getByRole('row', { name: /us-east-cpu-pool/ }).getByText('no', { exact: true }));
    await close();
  });

  it('says where a task would go before it is sent, under every algorithm, and keeps what was filled in', async () => {
    const { page, close } = await open('/tasks/new');
    const before = server.engine.stats().seq;
    await page.getByLabel('Type', { exact: true }).selectOption('order');
    await page.getByLabel('Estimated cost').fill('3');
    await page.getByRole('button', { name: 'Preview' }).click();
    await shows(page.getByRole('heading', { name: 'If it were submitted now' }));
    const rows = page.locator('#preview tbody tr');
    expect(await rows.count()).toBe(server.engine.algorithms().algorithms.length);
    expect(await rows.first().textContent()).toContain('current');
    expect([await page.getByLabel('Estimated cost').inputValue(), server.engine.stats().seq]).toEqual(['3', before]);
    await page.getByLabel('Slots', { exact: true }).fill('999');
    await page.getByRole('button', { name: 'Preview' }).click();
    await shows(page.getByText(/^It could never start as it is/));
    await page.getByLabel('Labels its pool must have').fill('zone >');
    await page.getByRole('button', { name: 'Preview' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('constraints');
    await close();
  });

  it('shows the machines of a pool, drains one and gives it work again', async () => {
    await server.engine.addPool(farPool, { name: 'test', tenant: undefined });
    const { page, close } = await open('/pools/far');
    await shows(page.getByText('No machine has joined this pool'));
    server.engine.nodes.register({ id: 'm1', pool: 'far', types: ['order'], slots: 4, runsParts: false, agent: 'test/1' }, []);
    await page.reload();
    const row = page.getByRole('row', { name: /^m1 / });
    expect(await row.textContent()).toMatch(/test\/1.*Live.*0 \/ 4.*(?:just now|s ago).*order/);
    await row.getByRole('button', { name: 'Drain m1' }).click();
    await shows(page.getByText('m1 is draining.'));
    await shows(row.getByText('Drained'));
    await row.getByRole('button', { name: 'Resume m1' }).click();
    await shows(row.getByText('Live'));
    await close();
  });

  it('switches the algorithm and marks the one that decides', async () => {
    const { page, close } = await open('/algorithms');
    expect(await page.locator('.algorithm-current h3').textContent()).toBe('fifo');
    await page.getByRole('button', { name: 'Switch to min_cost' }).click();
    await shows(page.getByText('min_cost decides from now on.'));
    expect(await page.locator('.algorithm-current h3').textContent()).toBe('min_cost');
    expect(server.engine.algorithm().name).toBe('min_cost');
    await close();
  });

  it('says why, and goes back to the one before', async () => {
    const { page, close } = await open('/algorithms');
    const before = await page.locator('.algorithm-current h3').textContent();
    await page.locator('#algorithm-sjf summary').click();
    await page.locator('#algorithm-sjf').getByLabel('Why').fill('short work first');
    await page.getByRole('button', { name: 'Switch to sjf' }).click();
    await shows(page.getByRole('cell', { name: 'short work first', exact: true }));
    await page.getByRole('button', { name: new RegExp(`^Go back from sjf to ${before} as of epoch`) }).click();
    await shows(page.getByText(new RegExp(`${before} decides again, in epoch`)));
    expect(await page.locator('.algorithm-current h3').textContent()).toBe(before);
    await shows(page.getByRole('button', { name: new RegExp(`^Go back from ${before} to sjf as of epoch`) }));
    const parameters = server.engine.algorithm().params;
    await page
      .getByRole('row', { name: /short work first/ })
      .getByRole('button', { name: /^Go back to this/ })
      .click();
    expect(server.engine.algorithm()).toMatchObject({ name: 'sjf', reason: expect.stringMatching(/^back to what decided in epoch/) });
    await server.engine.switchAlgorithm({ algorithm: before ?? '', params: parameters }, { name: 'test', tenant: undefined });
    await close();
  });

  it('changes who may overtake whom in one place, and a switch on this page keeps it', async () => {
    await server.engine.switchAlgorithm({ algorithm: 'wfp3+power_of_two' }, { name: 'someone', tenant: undefined });
    const { page, close } = await open('/algorithms');
    await page.locator('#overtaking summary').click();
    expect(await page.getByLabel('patience_factor').count()).toBe(1);
    await page.getByLabel('patience_least_ms').fill('700000');
    await page.getByRole('button', { name: 'Apply to wfp3+power_of_two' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('patience_least_ms not above patience_most_ms');
    expect(await page.getByLabel('patience_least_ms').inputValue()).toBe('700000'); // open, with what was typed
    await page.getByLabel('patience_least_ms').fill('1000');
    await page.getByRole('button', { name: 'Apply to wfp3+power_of_two' }).click();
    expect(server.engine.algorithm()).toMatchObject({ name: 'wfp3+power_of_two', params: { overtaking: { patience_least_ms: 1_000 } } });
    await page.getByRole('button', { name: 'Switch to sjf' }).click();
    expect(server.engine.algorithm()).toMatchObject({ name: 'sjf', params: { patience_least_ms: 1_000, place: 'min_cost' } });
    await close();
  });

  it('refuses a switch that someone else was faster with, and says so', async () => {
    const { page, close } = await open('/algorithms');
    await server.engine.switchAlgorithm({ algorithm: 'priority' }, { name: 'someone', tenant: undefined });
    await page.getByRole('button', { name: 'Switch to fifo' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('someone switched to priority');
    expect(await page.locator('.algorithm-current h3').textContent()).toBe('priority');
    await close();
  });

  it('simulates traffic, shows how far it is, and stops it', async () => {
    const { page, close } = await open('/simulate?task_count=500&shape=at:steady&rate=1');
    await shows(page.getByText('500 tasks, peak 9 per 8.32 s'));
    await page.getByRole('button', { name: 'Run simulation' }).click();
    expect(page.url()).toMatch(/\/simulate\/[0-9a-f-]{36}$/);
    await shows(page.getByText(/of 500 tasks submitted/));
    await page.getByRole('button', { name: /^Stop/ }).click();
    await shows(page.getByText('Stopped', { exact: true }));
    await close();
  });

  it('replays the history under what is ticked, and switches to one of it', async () => {
    const { page, close } = await open('/replays');
    for (const name of ['fifo', 'priority', 'min_cost', 'region_aware']) await page.locator(`[name="try.${name}"]`).uncheck();
    await page.getByRole('button', { name: 'Start replay' }).click();
    expect(await page.locator('#replay-others-error').textContent()).toContain('must');
    await page.locator('[name="try.least_loaded"]').check();
    await page.locator('#replay-others').fill('sjf');
    await page.locator('#replay-pools').fill('stuck capacity=4');
    await page.getByRole('button', { name: 'Start replay' }).click();
    expect(page.url()).toMatch(/\/replays\/[0-9a-f-]{36}$/);
    while ((await page.getByText('Side by side').count()) === 0) await page.reload();
    await shows(page.getByText(/^Do the times of the replay agree with what happened\?/));
    await page.getByRole('link', { name: 'Switch to sjf…' }).click();
    await page.getByRole('button', { name: 'Switch to sjf' }).click();
    await shows(page.getByText('sjf decides from now on.'));
    expect(server.engine.algorithm().name).toBe('sjf');
    await page.goto('/replays');
    await shows(page.getByRole('row', { name: /least_loaded, sjf/ }).getByText('Done'));
    await close();
  });

  it('replays a trace that is chosen as a file, and says which line of it is wrong', async () => {
    const { page, close } = await open('/replays');
    const job = (id: number) => `${id} ${id} 0 60 2 -1 -1 2 90 -1 1 3 1 1 1 1 -1 -1`;
    const send = async (lines: readonly string[]) => {
      await page.locator('#replay-last').selectOption('A trace: a file');
      await page.getByText('A trace or made tasks instead').click();
      await page.locator('#replay-trace').setInputFiles({ name: 'log.swf', mimeType: 'text/plain', buffer: Buffer.from(lines.join('\n')) });
      await page.getByRole('button', { name: 'Start replay' }).click();
    };
    await send(['; MaxProcs: 4', job(1), '2 5']);
    expect(await page.locator('#replay-trace-error').textContent()).toContain('line 3: a job has 18 numbers');
    await page.getByText('A trace or made tasks instead').click(); // it was open
    await send(['; MaxProcs: 4', job(1), job(2), job(3)]);
    while ((await page.getByText('Side by side').count()) === 0) await page.reload();
    expect(await page.locator('h1').textContent()).toBe('Replay of trace log.swf');
    await shows(page.getByText('Tasks that were never here.'));
    await close();
  });

  it('refuses a switch to what a replay tried when someone else was faster', async () => {
    const id = await replayed(server);
    const { page, close } = await open(`/replays/${id}/activation?card=1`);
    await server.engine.switchAlgorithm({ algorithm: 'priority' }, { name: 'someone', tenant: undefined });
    await page.getByRole('button', { name: 'Switch to min_cost' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('someone switched to priority');
    expect(server.engine.algorithm().name).toBe('priority');
    await page.goto(`/replays/${id}/activation?card=9`);
    expect(await page.locator('h1').textContent()).toBe('Not found');
    await close();
  });

  it('refuses reversed ranges at the field', async () => {
    const { page, close } = await open('/simulate');
    await page.locator('#simulate-priority_min').fill('9');
    await page.locator('#simulate-priority_max').fill('2');
    await page.getByRole('button', { name: 'Run simulation' }).click();
    expect(await page.locator('#simulate-priority_min-error').textContent()).toContain('must not be above the other end');
    await close();
  });

  it('drains, resumes and resizes a pool', async () => {
    const { page, close } = await open('/pools');
    await page
      .getByRole('row', { name: /us-west-cpu-pool/ })
      .getByRole('button', { name: /^Drain/ })
      .click();
    await shows(page.getByRole('row', { name: /us-west-cpu-pool/ }).getByText('Draining'));
    await page
      .getByRole('row', { name: /us-west-cpu-pool/ })
      .getByRole('button', { name: /^Resume/ })
      .click();
    await page.getByRole('link', { name: 'us-west-cpu-pool' }).last().click();
    await page.locator('#pool-capacity').fill('12');
    await page.getByRole('button', { name: 'Save' }).click();
    await shows(page.getByText(/of 12 slots in use/));
    await close();
  });

  it('finds a task by its number, a pool by its name, and says when there is nothing', async () => {
    const { page, close } = await open('/');
    const search = async (text: string) => {
      await page.getByRole('searchbox').fill(text);
      await page.getByRole('searchbox').press('Enter');
    };
    await search('1');
    expect(await page.locator('h1').textContent()).toContain('Task #1');
    await search('stuck');
    expect(await page.locator('h1').textContent()).toContain('stuck');
    await search('nothing-like-this');
    await shows(page.getByRole('heading', { name: 'Nothing found for “nothing-like-this”' }));
    expect(await page.getByRole('link', { name: 'All tasks' }).getAttribute('href')).toBe('/tasks');
    await close();
  });

  it('keeps the theme, painted by the server', async () => {
    const { page, close } = await open('/pools');
    await page.locator('summary[aria-label="Display"]').click();
    await page.getByRole('radio', { name: 'Dark' }).check();
    await page.getByRole('button', { name: 'Apply' }).click();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(new URL(page.url()).pathname).toBe('/pools');
    await close();
  });

  it('refreshes by itself only when asked to', async () => {
    const { page, close } = await open('/');
    expect(await page.locator('meta[http-equiv="refresh"]').count()).toBe(0);
    await page.getByRole('link', { name: 'refresh every 10 s' }).click();
    expect(await page.locator('meta[http-equiv="refresh"]').getAttribute('content')).toBe('10');
    await close();
  });

  it('answers a wrong address with a page that says what to do', async () => {
    const { page, close } = await open('/tasks/0199a1b2-c3d4-7e5f-8a9b-000000000000');
    expect(await page.locator('h1').textContent()).toBe('Not found');
    await shows(page.locator('main').getByRole('link', { name: 'Tasks' }));
    await page.goto('/nodes');
    await shows(page.getByRole('heading', { name: 'There is no page here' }));
    await page.locator('main').getByRole('link', { name: 'Pools' }).click();
    expect(await page.locator('h1').textContent()).toBe('Worker pools');
    await close();
  });
});
