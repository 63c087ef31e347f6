import { describe, expect, it } from 'vitest';
import { tarOf, zipOf } from '../helpers/archives.ts';
import { setupBundles } from '../helpers/bundle-app.ts';
import { contents } from '../helpers/files.ts';
import { archive, field, file } from '../helpers/form.ts';

const run = file('run.sh', 'echo hi\n');
const bundle = field('type', 'bundle');

describe('POST /api/v1/jobs', () => {
  it('takes files and fields, and makes a task that runs', async () => {
    const { send, files, finish, call } = await setupBundles();
    const answer = await send([
      ...[bundle, field('priority', '7'), field('max_attempts', '2'), field('metadata', '{"a":1}'), field('payload', 'hello')],
      ...[run, file('data/in.txt', '1\n')],
    ]);
    expect(answer.statusCode).toBe(201);
    const task = answer.json();
    expect(task).toMatchObject({ type: 'bundle', priority: 7, max_attempts: 2, metadata: { a: 1 }, payload: 'hello', status: 'queued' });
    expect(answer.headers['location']).toBe(`/api/v1/tasks/${task.id}`);
    expect(await contents(files.places.inputOf(task.id))).toEqual({ 'run.sh': 'echo hi\n', 'data/in.txt': '1\n' });
    await expect.poll(async () => (await call('GET', `/api/v1/tasks/${task.id}`)).json().status).toBe('processing');
    await expect
      .poll(() =>
        finish(task.id).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    expect((await call('GET', `/api/v1/tasks/${task.id}`)).json()).toMatchObject({ status: 'completed', worker_id: 'bundles' });
  });

  it('takes all fields as one JSON, and an archive instead of files', async () => {
    const { send, files } = await setupBundles();
    const task = field('task', JSON.stringify({ type: 'bundle', payload: { n: 1 }, cost: 2.5 }));
    for (const packed of [
      archive('job.zip', zipOf([{ name: 'run.sh', content: 'echo' }])),
      archive('JOB.TGZ', tarOf([{ name: './run.sh', content: 'echo' }])),
    ]) {
      const answer = await send([task, packed]);
      expect(answer.json()).toMatchObject({ payload: { n: 1 }, cost: 2.5 });
      expect(await contents(files.places.inputOf(answer.json().id))).toEqual({ 'run.sh': 'echo' });
    }
  });

  it('waits for others, and files they left stay until it has ended', async () => {
    const { send, start, finish, call, leaves, files } = await setupBundles();
    const parent = await start();
    await leaves(parent, 'part', 'x');
    const depends = field('depends_on', JSON.stringify([{ task: parent, name: 'first' }]));
    const child = (await send([bundle, depends, field('on_parent_failure', 'skip'), run])).json();
    expect(child).toMatchObject({ status: 'delayed', depends_on: [{ task: parent, name: 'first' }], on_parent_failure: 'skip' });
    expect((await send([bundle, field('depends_on', '["no such"]'), run])).json()).toMatchObject({
      status: 422,
      code: 'unknown_reference',
    });
    await finish(parent);
    await expect.poll(async () => (await call('GET', `/api/v1/tasks/${child.id}`)).json().status).toBe('processing');
    expect(await contents(`${files.places.resultOf(parent, 1)}/files`)).toMatchObject({ part: 'x' });
  });

  it('takes an archive as the body, with the fields in the query', async () => {
    const { call, files, onDisk } = await setupBundles();
    const entries = [{ name: 'run.sh', content: 'echo' }];
    const send = (query: string, type: string, payload: Buffer, key = '') =>
      call('POST', `/api/v1/jobs?${query}`, {
        payload,
        headers: { 'content-type': type, ...(key === '' ? {} : { 'idempotency-key': key }) },
      });
    const query = 'type=bundle&priority=7&payload=%7B%22n%22%3A1%7D';
    for (const [type, packed] of [
      ['application/zip', zipOf(entries)],
      ['application/gzip', tarOf(entries)],
    ] as const) {
      const answer = await send(query, type, packed, 'k1');
      expect(answer.json()).toMatchObject({ type: 'bundle', priority: 7, payload: { n: 1 } });
      expect(await contents(files.places.inputOf(answer.json().id))).toEqual({ 'run.sh': 'echo' });
    }
    const before = await onDisk();
    const slip = zipOf([...entries, { name: '../evil', content: 'x' }]);
    expect((await send('type=bundle', 'application/zip', slip)).json()).toMatchObject({ status: 422, code: 'bundle_refused' });
    expect((await send('type=bundle', 'application/zip', Buffer.from('hello'))).json()).toMatchObject({ code: 'bundle_refused' });
    expect((await send('type=bundle&type=bundle', 'application/zip', zipOf(entries))).statusCode).toBe(422);
    expect((await send('colour=red', 'application/zip', zipOf(entries))).statusCode).toBe(422);
    expect((await send('', 'application/zip', zipOf(entries))).json()).toMatchObject({ status: 422, code: 'validation_failed' });
    expect((await send('type=bundle', 'application/x-7z', zipOf(entries))).statusCode).toBe(415);
    expect(await onDisk()).toEqual(before);
  });

  it('sent again with its key is one task; with other files the key is refused', async () => {
    const { send, onDisk } = await setupBundles();
    const key = { 'idempotency-key': 'k1' };
    const first = await send([bundle, run], key);
    const before = await onDisk();
    const again = await send([bundle, run], key);
    expect(again.json().id).toBe(first.json().id);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await send([bundle, file('run.sh', 'echo other\n')], key)).json()).toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
    });
    expect(await onDisk()).toEqual(before);
  });

  it.each([
    ['a name that leads out', [bundle, run, file('../../evil', 'x')], 422, 'bundle_refused'],
    ['an absolute name', [bundle, run, file('/etc/evil', 'x')], 422, 'bundle_refused'],
    ['a file twice', [bundle, run, run], 422, 'bundle_refused'],
    ['no run.sh', [bundle, file('a', 'x')], 422, 'bundle_refused'],
    ['nothing at all', [], 422, 'validation_failed'],
    ['a script from Windows', [bundle, file('run.sh', 'echo\r\n')], 422, 'bundle_refused'],
    [
      'a zip that leads out',
      [bundle, archive('a.zip', zipOf([{ name: 'run.sh', content: 'x' }, { name: '../evil' }]))],
      422,
      'bundle_refused',
    ],
    ['a zip that is none', [bundle, archive('a.zip', Buffer.from('hello'))], 422, 'bundle_refused'],
    ['an archive of another kind', [bundle, archive('a.rar', Buffer.from('Rar!'))], 422, 'validation_failed'],
    ['no type', [run], 422, 'validation_failed'],
    ['a type nobody knows', [field('type', 'nope'), run], 422, 'unknown_reference'],
    ['a type that is no bundle', [field('type', 'query'), run], 422, 'validation_failed'],
    ['a field that is none', [bundle, field('colour', 'red'), run], 422, 'validation_failed'],
    ['a field twice', [bundle, bundle, run], 422, 'validation_failed'],
    ['a priority that is none', [bundle, field('priority', 'high'), run], 422, 'validation_failed'],
    ['a status of its own', [bundle, field('task', '{"status":"completed"}'), run], 422, 'validation_failed'],
    ['JSON that reaches a prototype', [bundle, field('payload', '{"__proto__":{"a":1}}'), run], 422, 'malformed_json'],
    ['a field called __proto__', [bundle, field('__proto__', 'x'), run], 422, 'validation_failed'],
  ] as const)('refuses %s and leaves nothing', async (_what, parts, status, code) => {
    const { send, onDisk, engine } = await setupBundles();
    const before = await onDisk();
    expect((await send(parts)).json()).toMatchObject({ status, code });
    expect(await onDisk()).toEqual(before);
    expect(engine.stats().byStatus.queued + engine.stats().byStatus.processing).toBe(0);
  });

  it('tells of all fields that are wrong at once, before a file is read', async () => {
    const { send, onDisk } = await setupBundles();
    const before = await onDisk();
    const wrong = [bundle, bundle, field('colour', 'red'), field('priority', '11')];
    const paths = async (...parts: Parameters<typeof send>[0]) =>
      (await send(parts)).json().errors.map(({ path }: { path: string }) => path.slice('/body/'.length));
    expect(await paths(...wrong)).toEqual(['type', 'colour', 'priority']);
    expect(await paths(...wrong, run)).toEqual(['type', 'colour']); // what is said of a task at its end, a file need not wait for
    expect(await onDisk()).toEqual(before);
  });

  it('refuses what is no form, and a form that was cut', async () => {
    const { call, onDisk } = await setupBundles();
    const before = await onDisk();
    expect((await call('POST', '/api/v1/jobs', { json: { type: 'bundle' } })).json()).toMatchObject({ status: 415 });
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const cut = '--x\r\ncontent-disposition: form-data; name="files"; filename="run.sh"\r\n\r\necho';
    expect((await call('POST', '/api/v1/jobs', { payload: cut, headers })).json()).toMatchObject({ status: 400 });
    expect(await onDisk()).toEqual(before);
  });

  it('refuses a page of another site: browsers send forms without asking first', async () => {
    const { send } = await setupBundles();
    expect((await send([bundle, run], { origin: 'http://evil.example' })).statusCode).toBe(403);
    expect((await send([bundle, run], { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
  });

  it('without a sandbox refuses with the reason and the cure, and everything else goes on', async () => {
    const sandbox = { tier: 3, reason: 'bwrap is not installed.', cure: 'Install it.' } as const;
    const { send, call, submit, onDisk } = await setupBundles({ sandbox });
    const before = await onDisk();
    const answer = await send([bundle, run]);
    expect(answer.json()).toMatchObject({ status: 409, code: 'sandbox_unavailable', detail: 'bwrap is not installed. Install it.' });
    expect(await onDisk()).toEqual(before);
    expect((await call('GET', '/api/v1/health')).json()).toMatchObject({ status: 'healthy', sandbox });
    expect((await call('GET', '/api/v1/pools/bundles')).json()).toMatchObject({ state: 'active', unavailable: 'bwrap is not installed.' });
    expect((await submit()).id).toBeDefined();
  });

  it('a server without files takes no bundles', async () => {
    const { setup } = await import('../helpers/app.ts');
    const { call } = await setup();
    expect((await call('POST', '/api/v1/jobs', { json: {} })).json()).toMatchObject({ status: 409, code: 'sandbox_unavailable' });
    expect((await call('GET', '/api/v1/health')).json().sandbox).toBeNull();
  });
});

describe('tasks of a type for bundles', () => {
  it('without files are refused and told where to go', async () => {
    const { call } = await setupBundles();
    const answer = await call('POST', '/api/v1/tasks', { json: { type: 'bundle' } });
    expect(answer.json()).toMatchObject({ status: 422, detail: expect.stringContaining('POST /api/v1/jobs') });
  });

  it('are run again with the same files; when these are gone, the answer says so', async () => {
    const { start, finish, call, files, onDisk } = await setupBundles();
    const id = await start();
    await finish(id, { kind: 'failed', code: 'exit_status', message: 'no', retryable: false });
    const again = await call('POST', `/api/v1/tasks/${id}/retry`);
    expect(again.statusCode).toBe(201);
    expect(await contents(files.places.inputOf(again.json().id))).toEqual({ 'run.sh': 'echo\n' });
    await files.inputs.drop(id);
    const before = await onDisk();
    expect((await call('POST', `/api/v1/tasks/${id}/retry`)).json()).toMatchObject({ status: 409, code: 'files_gone' });
    expect(await onDisk()).toEqual(before);
  });

  it('have settings that can be set, changed and taken away', async () => {
    const { call, send } = await setupBundles();
    const url = '/api/v1/types/wordcount';
    const made = await call('PUT', url, { json: { timeout_ms: 5_000, bundle: { network: true, memory_mb: 64 } } });
    expect(made.json().bundle).toEqual({ network: true, memory_mb: 64, processes: 64, disk_mb: 1_024, keep_hours: null });
    const patched = await call('PATCH', url, { json: { bundle: { keep_hours: 2 } } });
    expect(patched.json().bundle).toMatchObject({ network: true, memory_mb: 64, keep_hours: 2 });
    expect((await send([field('type', 'wordcount'), run])).json()).toMatchObject({ type: 'wordcount', timeout_ms: 5_000 });
    expect((await call('PUT', url, { json: { bundle: { memory_mb: 1 } } })).statusCode).toBe(422);
    expect((await call('PATCH', url, { json: { bundle: null } })).json().bundle).toBeNull();
    expect((await send([field('type', 'wordcount'), run])).json()).toMatchObject({ status: 422 });
  });
});
