import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { type BundleApp, bundlePool, setupBundles } from '../helpers/bundle-app.ts';
import { eventClient } from '../helpers/event-stream.ts';
import { textOf } from '../helpers/files.ts';
import { field, file } from '../helpers/form.ts';

const list = { accept: 'application/json' };

async function unzip(zip: Buffer): Promise<Record<string, string | undefined>> {
  const opened = await fromBufferPromise(zip, { lazyEntries: true });
  const found: Record<string, string | undefined> = {};
  for await (const entry of opened.eachEntry()) found[entry.fileName] = await textOf(await opened.openReadStreamPromise(entry));
  return found;
}

async function ended(app: BundleApp): Promise<string> {
  const id = await app.start();
  await app.leaves(id, 'out.txt', 'result\n');
  await app.leaves(id, 'd/page.html', '<script>alert(1)</script>');
  await app.leaves(id, 'd/Grüße %2F.bin', 'x');
  app.prints(id, 'stdout', 'one\ntwo\n');
  app.prints(id, 'stderr', 'oops\n');
  await app.finish(id);
  return id;
}

describe('files of a task', () => {
  it('come as a zip, as a list, and one by one at the addresses of the list', async () => {
    const app = await setupBundles();
    const id = await ended(app);
    const zip = await app.call('GET', `/api/v1/tasks/${id}/files`);
    expect(zip.headers).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename="${id}.zip"; filename*=UTF-8''${id}.zip`,
    });
    const all = { 'd/Grüße %2F.bin': 'x', 'd/page.html': '<script>alert(1)</script>', 'out.txt': 'result\n', 'run.sh': 'echo\n' };
    expect(await unzip(zip.rawPayload)).toEqual(all);
    const { files, ...rest } = (await app.call('GET', `/api/v1/tasks/${id}/files`, { headers: list })).json();
    expect(rest).toEqual({ task_id: id, attempt: 1, partial: false, bytes: 38, skipped: [] });
    const one = async ({ url }: { url: string }) => (await app.call('GET', url)).body;
    expect(
      Object.fromEntries(await Promise.all(files.map(async (file: { path: string; url: string }) => [file.path, await one(file)]))),
    ).toEqual(all);
  });

  it('are never shown as a page of this site', async () => {
    const app = await setupBundles();
    const id = await ended(app);
    const { headers } = await app.call('GET', `/api/v1/tasks/${id}/files/d/page.html`);
    expect(headers).toMatchObject({
      ...{ 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', 'content-length': '25' },
      'content-disposition': `attachment; filename="page.html"; filename*=UTF-8''page.html`,
      'content-security-policy': "default-src 'none'; sandbox",
    });
  });

  it('can be had in part, and not again by who has them', async () => {
    const app = await setupBundles();
    const id = await ended(app); // out.txt is `result` and a line feed
    const get = (headers: Record<string, string>) => app.call('GET', `/api/v1/tasks/${id}/files/out.txt`, { headers });
    const whole = await get({});
    const tag = String(whole.headers['etag']);
    expect([whole.body, whole.headers['accept-ranges']]).toEqual(['result\n', 'bytes']);
    for (const [range, status, body, says] of [
      ['bytes=2-4', 206, 'sul', 'bytes 2-4/7'],
      ['bytes=4-', 206, 'lt\n', 'bytes 4-6/7'],
      ['bytes=-3', 206, 'lt\n', 'bytes 4-6/7'],
      ['bytes=0-99', 206, 'result\n', 'bytes 0-6/7'],
      ['bytes=-99', 206, 'result\n', 'bytes 0-6/7'],
      ['bytes=4-2', 200, 'result\n', undefined],
      ['bytes=0-1,3-4', 200, 'result\n', undefined],
      ['lines=1-2', 200, 'result\n', undefined],
    ] as const) {
      const answer = await get({ range });
      expect([range, answer.statusCode, answer.body, answer.headers['content-range']]).toEqual([range, status, body, says]);
      expect(answer.headers['content-length']).toBe(String(body.length));
    }
    const beyond = await get({ range: 'bytes=7-' });
    expect([beyond.statusCode, beyond.json().code, beyond.headers['content-range']]).toEqual([416, 'range_not_satisfiable', 'bytes */7']);
    expect((await get({ range: 'bytes=-0' })).statusCode).toBe(416);
    const known = await get({ 'if-none-match': `"x", ${tag}` });
    expect([known.statusCode, known.body]).toEqual([304, '']);
    expect((await get({ range: 'bytes=0-0', 'if-range': tag })).body).toBe('r');
    expect((await get({ range: 'bytes=0-0', 'if-range': '"other"' })).body).toBe('result\n');
  });

  it('there is nothing at paths that lead out, are no file, or are none', async () => {
    const app = await setupBundles();
    const id = await ended(app);
    const paths = [
      ...['../../../etc/passwd', '..%2f..%2fmanifest.json', '%2e%2e/manifest.json', '/etc/passwd'],
      ...['d', 'nothing', 'd%00', 'd%5Cpage.html'],
    ];
    for (const path of paths) {
      const answer = await app.app.inject({ method: 'GET', url: `/api/v1/tasks/${id}/files/${path}` });
      expect([path, [404, 400].includes(answer.statusCode)]).toEqual([path, true]);
    }
  });

  it('of a running task are what lies there now, and follow no link', async () => {
    const app = await setupBundles();
    const id = await app.start();
    await app.leaves(id, 'half', '1');
    await symlink('/etc/passwd', join(app.running(id).folder, 'passwd'));
    expect((await app.call('GET', `/api/v1/tasks/${id}/files`, { headers: list })).json()).toMatchObject({
      partial: true,
      files: [{ path: 'half' }, { path: 'run.sh' }],
      skipped: [{ path: 'passwd', reason: 'a symbolic link' }],
    });
    expect((await app.call('GET', `/api/v1/tasks/${id}/files/passwd`)).statusCode).toBe(404);
    const half = await app.call('GET', `/api/v1/tasks/${id}/files/half`, { headers: { range: 'bytes=9-' } });
    expect([half.statusCode, half.body, half.headers['etag']]).toEqual([200, '1', undefined]); // it may be another file in a moment
    expect(await unzip((await app.call('GET', `/api/v1/tasks/${id}/files`)).rawPayload)).toEqual({ half: '1', 'run.sh': 'echo\n' });
  });

  it('outlive a failure, a time limit and a cancel', async () => {
    const app = await setupBundles();
    const [failed, slow, cancelled] = [await app.start(), await app.start({ timeout_ms: '1000' }), await app.start()];
    for (const id of [failed, slow, cancelled]) await app.leaves(id, 'half', id);
    await app.finish(failed, { kind: 'failed', code: 'exit_status', message: 'no', retryable: false });
    expect((await app.call('DELETE', `/api/v1/tasks/${cancelled}`)).statusCode).toBe(202);
    await app.advance(1_100);
    for (const [id, status] of [
      [failed, 'failed'],
      [slow, 'failed'],
      [cancelled, 'cancelled'],
    ] as const) {
      await expect.poll(async () => (await app.call('GET', `/api/v1/tasks/${id}`)).json().status).toBe(status);
      expect((await app.call('GET', `/api/v1/tasks/${id}/files/half`)).body).toBe(id);
    }
  });

  it('there are none of what never ran, brought none, or does not exist', async () => {
    const app = await setupBundles();
    const plain = await app.submit();
    await expect.poll(async () => (await app.call('GET', `/api/v1/tasks/${plain.id}`)).json().status).toBe('completed');
    for (const what of ['files', 'files/a', 'output']) {
      expect((await app.call('GET', `/api/v1/tasks/${plain.id}/${what}`)).json()).toMatchObject({ status: 404, code: 'not_found' });
      expect((await app.call('GET', `/api/v1/tasks/01900000-0000-7000-8000-000000000000/${what}`)).statusCode).toBe(404);
      expect((await app.call('GET', `/api/v1/tasks/..%2f..%2fetc/${what}`)).statusCode).toBe(404);
    }
    const delayed = await app.submit({ type: 'echo', run_at: '2999-01-01T00:00:00Z' });
    expect((await app.call('GET', `/api/v1/tasks/${delayed.id}/files`)).json()).toMatchObject({ status: 409, code: 'wrong_status' });
  });
});

describe('a task of several parts', () => {
  const path = (id: string, what: string) => `/api/v1/tasks/${id}/${what}`;

  it('leaves a folder for each, in the zip, in the list and one by one, and prints for each', async () => {
    const app = await setupBundles();
    const id = await app.start({ parts: '2' });
    for (const part of [0, 1]) {
      await app.leaves(id, 'out.txt', `of ${part}\n`, part);
      app.prints(id, 'stdout', `hello from ${part}\n`, part);
    }
    expect((await app.call('GET', path(id, 'output?part=1'))).json()).toMatchObject({ part: 1, partial: true });
    await app.finish(id);
    const all = { 'parts/0/out.txt': 'of 0\n', 'parts/0/run.sh': 'echo\n', 'parts/1/out.txt': 'of 1\n', 'parts/1/run.sh': 'echo\n' };
    expect(await unzip((await app.call('GET', path(id, 'files'))).rawPayload)).toEqual(all);
    const own = { 'parts/1/out.txt': 'of 1\n', 'parts/1/run.sh': 'echo\n' };
    expect(await unzip((await app.call('GET', path(id, 'files?part=1'))).rawPayload)).toEqual(own);
    const { files } = (await app.call('GET', path(id, 'files?part=1'), { headers: list })).json();
    expect(files.map((file: { path: string }) => file.path)).toEqual(Object.keys(own));
    const one = await app.call('GET', files[0].url);
    expect([one.body, one.headers['etag']]).toEqual(['of 1\n', expect.any(String)]);
    const printed = async (query: string) => (await app.call('GET', path(id, `output${query}`))).json();
    expect(await printed('')).toMatchObject({ part: 0, stdout: { text: 'hello from 0\n' } });
    expect(await printed('?part=1')).toMatchObject({ part: 1, partial: false, stdout: { text: 'hello from 1\n', bytes: 13 } });
  });

  it('has no other parts than its own', async () => {
    const app = await setupBundles();
    const [gang, single] = [await app.start({ parts: '2' }), await app.start()];
    for (const id of [gang, single]) await app.finish(id);
    for (const what of ['files', 'output']) {
      expect((await app.call('GET', path(gang, `${what}?part=2`))).json()).toMatchObject({
        status: 404,
        detail: expect.stringContaining('0 to 1'),
      });
      expect((await app.call('GET', path(single, `${what}?part=1`))).json()).toMatchObject({ status: 404 });
      expect((await app.call('GET', path(single, `${what}?part=0`))).statusCode).toBe(200);
      for (const part of ['-1', '64', 'x']) expect((await app.call('GET', path(gang, `${what}?part=${part}`))).statusCode).toBe(422);
    }
  });

  it('is followed live part by part', async () => {
    const app = await setupBundles();
    const id = await app.start({ parts: '2' });
    app.prints(id, 'stdout', 'before\n', 1);
    const client = await eventClient(() => app.app, `/api/v1/events?task=${id}&output=1&part=1`);
    const pieces = () => client.frames.filter(({ event }) => event === 'output').map(({ data }) => [data.part, data.text]);
    await client.until(() => pieces().length === 1);
    app.prints(id, 'stdout', 'of another\n', 0);
    app.prints(id, 'stdout', 'after\n', 1);
    await client.until(() => pieces().length === 2);
    expect(pieces()).toEqual([
      [1, 'before\n'],
      [1, 'after\n'],
    ]);
    expect((await app.call('GET', `/api/v1/events?task=${id}&part=1`)).statusCode).toBe(422);
  });

  it('is cancelled in all of its parts, and keeps what they have left', async () => {
    const app = await setupBundles();
    const id = await app.start({ parts: '2' });
    for (const part of [0, 1]) await app.leaves(id, 'half', `of ${part}`, part);
    expect((await app.call('DELETE', `/api/v1/tasks/${id}`)).statusCode).toBe(202);
    await expect.poll(async () => (await app.call('GET', `/api/v1/tasks/${id}`)).json().status).toBe('cancelled');
    for (const part of [0, 1]) expect((await app.call('GET', path(id, `files/parts/${part}/half`))).body).toBe(`of ${part}`);
  });

  it('is refused where only nodes are left that run no parts, with the reason, and waits where there are none yet', async () => {
    const app = await setupBundles({ pools: [{ ...bundlePool, name: 'far', region: 'eu-west', executor: 'node' }] });
    const where = [field('region', 'eu-west'), field('region_mode', 'require')];
    const send = () => app.send([field('type', 'bundle'), field('parts', '2'), ...where, file('run.sh', 'echo\n')]);
    expect((await send()).json()).toMatchObject({ status: 'queued' });
    await app.call('POST', '/api/v1/nodes', { json: { id: 'old', pool: 'far', types: ['*'], slots: 4 } });
    expect((await send()).json()).toMatchObject({ status: 422, code: 'unroutable' });
  });
});

describe('output of a task', () => {
  it('comes as both streams, or as one from any byte on', async () => {
    const app = await setupBundles();
    const id = await ended(app);
    expect((await app.call('GET', `/api/v1/tasks/${id}/output`)).json()).toEqual({
      ...{ task_id: id, attempt: 1, part: 0, partial: false },
      stdout: { text: 'one\ntwo\n', bytes: 8, truncated: false },
      stderr: { text: 'oops\n', bytes: 5, truncated: false },
    });
    const two = await app.call('GET', `/api/v1/tasks/${id}/output?stream=stdout&offset=4`);
    expect([two.body, two.headers['content-type']]).toEqual(['two\n', 'text/plain; charset=utf-8']);
    expect((await app.call('GET', `/api/v1/tasks/${id}/output?stream=stdout&offset=99`)).body).toBe('');
    expect((await app.call('GET', `/api/v1/tasks/${id}/output?stream=stdin`)).statusCode).toBe(422);
  });

  it('comes live: what was printed before, then each piece once', async () => {
    const app = await setupBundles();
    const id = await app.start();
    app.prints(id, 'stdout', 'before\n');
    const client = await eventClient(() => app.app, `/api/v1/events?task=${id}&output=1`);
    const pieces = () => client.frames.filter(({ event }) => event === 'output').map(({ data }) => [data.stream, data.offset, data.text]);
    await client.until(() => pieces().length === 1);
    app.prints(id, 'stdout', 'after\n');
    app.prints(id, 'stderr', 'oops\n');
    await client.until(() => pieces().length === 3);
    expect(pieces().sort()).toEqual([
      ['stderr', 0, 'oops\n'],
      ['stdout', 0, 'before\n'],
      ['stdout', 7, 'after\n'],
    ]);
    await app.finish(id);
    await client.until(() => client.entries.at(-1)?.type === 'task.completed');
    expect((await app.call('GET', '/api/v1/events?output=1')).statusCode).toBe(422);
    const other = await app.call('GET', `/api/v1/events?task=${id}&output=1&part=1`);
    expect([other.statusCode, other.json().detail]).toEqual([404, 'The task has no part 1. It has one part: 0.']);
  });
});
