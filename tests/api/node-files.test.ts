import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { turns } from '../helpers/app.ts';
import { setupBundles } from '../helpers/bundle-app.ts';
import { aPool } from '../helpers/engine.ts';
import { contents } from '../helpers/files.ts';
import { type FormPart, field, file, form } from '../helpers/form.ts';

const base = '/api/v1';
const far = aPool({ name: 'far', executor: 'node', capacity: 0, simulated: null, types: ['bundle', 'order'], labels: { site: 'far' } });
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const octets = { 'content-type': 'application/octet-stream' };

/** Chunk after chunk, as fast as they are taken, until there is an answer. */
function sendWithoutEnd(method: string, url: string, headers: Record<string, string>, head = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunk = Buffer.alloc(65_536, 'x');
    let isAnswered = false;
    const sending = request(url, { method, headers }, (answer) => {
      isAnswered = true;
      text(answer).then(resolve, reject);
    });
    const sendMore = () => {
      while (!isAnswered && sending.write(chunk));
    };
    sending.on('drain', sendMore);
    sending.on('error', (error) => isAnswered || reject(error));
    sending.write(head);
    sendMore();
  });
}

/** A server with bundles, and a node in the hands of the test that has one of them. */
async function setup() {
  const app = await setupBundles({ pools: [far] });
  const { call } = app;

  async function join(id: string) {
    const { session } = (await call('POST', `${base}/nodes`, { json: { id, pool: 'far', types: ['*'], slots: 4 } })).json();
    const own = { 'node-session': session };
    const say = (what: string, json: unknown) => call('POST', `${base}/nodes/${id}/${what}`, { headers: own, json });
    async function fetchLease(): Promise<{ lease: string; task_id: string; bundle: unknown }> {
      await turns();
      return (await call('POST', `${base}/nodes/${id}/leases?wait=0`, { headers: own })).json().leases[0];
    }
    const of = (lease: string) => ({
      get: (what: string) => call('GET', `${base}/nodes/${id}/leases/${lease}/${what}`, { headers: own }),
      print: (stream: string, offset: number, text: string) =>
        call('PUT', `${base}/nodes/${id}/leases/${lease}/output/${stream}?offset=${offset}`, {
          ...{ payload: text, headers: { ...own, ...octets } },
        }),
      leave: (parts: readonly FormPart[], query = '') => {
        const { payload, headers } = form(...parts);
        return call('PUT', `${base}/nodes/${id}/leases/${lease}/files${query}`, { payload, headers: { ...headers, ...own } });
      },
      report: (outcome: object) => say(`leases/${lease}/result`, outcome),
    });
    return { own, fetchLease, of };
  }

  /** Only nodes can run it. */
  async function submit(...files: FormPart[]): Promise<string> {
    const answer = await app.send([field('type', 'bundle'), field('constraints', '["site = far"]'), file('run.sh', 'echo\n'), ...files]);
    if (answer.statusCode !== 201) throw new Error(answer.body);
    return answer.json().id;
  }

  async function leased(...files: FormPart[]) {
    const node = await join('eu-1');
    const id = await submit(...files);
    const { lease, bundle } = await node.fetchLease();
    return { ...app, ...node.of(lease), id, lease, bundle, own: node.own };
  }
  const list = async (id: string) => (await call('GET', `${base}/tasks/${id}/files`, { headers: { accept: 'application/json' } })).json();
  return { ...app, join, submit, leased, list };
}

describe('a bundle on a node', () => {
  it('comes with what it may use, and its files with their digests', async () => {
    const { leased } = await setup();
    const { bundle, get } = await leased(file('d/Grüße.txt', 'hello\n'));
    expect(bundle).toMatchObject({ network: false, memory_mb: 512, processes: 64, disk_mb: 1_024 });
    const { files, bytes } = (await get('files')).json();
    expect({ files, bytes }).toMatchObject({
      bytes: 11,
      files: [
        { path: 'd/Grüße.txt', bytes: 6, sha256: sha256('hello\n'), executable: false },
        { path: 'run.sh', bytes: 5, sha256: sha256('echo\n') },
      ],
    });
    expect((await get('files/d/Gr%C3%BC%C3%9Fe.txt')).body).toBe('hello\n');
    for (const path of ['nothing', '..%2f..%2fx', 'd']) expect((await get(`files/${path}`)).statusCode).toBe(409);
  });

  it('is seen while it runs: what it prints as it comes, and files it has so far', async () => {
    const { leased, list, call } = await setup();
    const { id, print, leave } = await leased();
    expect((await print('stdout', 0, 'one\n')).json()).toEqual({ bytes: 4 });
    expect((await print('stdout', 0, 'one\ntwo\n')).json()).toEqual({ bytes: 8 }); // sent again with more
    expect((await print('stdout', 99, 'late')).json()).toEqual({ bytes: 8 }); // there is a hole before it
    await print('stderr', 0, 'oops\n');
    expect((await call('GET', `${base}/tasks/${id}/output`)).json()).toMatchObject({
      ...{ partial: true, stdout: { text: 'one\ntwo\n' }, stderr: { text: 'oops\n' } },
    });
    expect((await leave([file('half', '1'), file('d/x', '1')], '?partial=true')).statusCode).toBe(200);
    expect((await leave([file('half', '22'), file('d/x/y', '1')], '?partial=true')).statusCode).toBe(200);
    expect(await list(id)).toMatchObject({ partial: true, files: [{ path: 'd/x/y' }, { path: 'half', bytes: 2 }, { path: 'run.sh' }] });
    expect((await call('GET', `${base}/tasks/${id}/files/half`)).body).toBe('22');
  });

  it('is kept when its node has sent all of it, and the parts that were sent before are gone', async () => {
    const { leased, list, call, onDisk } = await setup();
    const { id, print, leave, report } = await leased();
    await print('stdout', 0, 'done\n');
    await leave([file('tmp', 'x')], '?partial=true');
    const digest = sha256(`${sha256('1')} A\n${sha256('2')} a\n`);
    const all = [field('stdout_bytes', '5'), field('sha256', digest), field('skipped', '[{"path":"l","reason":"a symbolic link"}]')];
    const left = [...all, file('a', '2'), file('A', '1')];
    expect((await leave(left)).json()).toEqual({ files: 2, bytes: 2 });
    expect((await leave(left)).json()).toEqual({ files: 2, bytes: 2 }); // the answer was lost
    await report({ outcome: 'succeeded', result: { exit_status: 0 } });
    await turns();
    expect(await list(id)).toMatchObject({ partial: false, files: [{ path: 'A' }, { path: 'a' }], skipped: [{ path: 'l' }] });
    expect((await call('GET', `${base}/tasks/${id}/output`)).json()).toMatchObject({
      partial: false,
      stdout: { text: 'done\n', bytes: 5 },
    });
    await expect.poll(async () => (await onDisk()).filter((path) => path.startsWith('incoming/') && path !== 'incoming/')).toEqual([]);
  });

  it.each<[string, readonly FormPart[], number]>([
    ['that are not what they are said to be', [field('sha256', sha256('other')), file('a', '1')], 422],
    ['before all of its output', [field('stdout_bytes', '3'), file('a', '1')], 422],
    ['with names that lead out', [file('../../evil', 'x')], 422],
    ['twice', [file('a', '1'), file('a', '2')], 422],
    ['with a field that nobody knows', [field('colour', 'red')], 422],
    ['with a count that is none', [field('stdout_bytes', '-1')], 422],
  ])('leaves nothing when its files come %s', async (_what, parts, status) => {
    const { leased, onDisk } = await setup();
    const { leave, print } = await leased();
    await print('stdout', 0, 'x');
    const before = await onDisk();
    expect((await leave(parts)).statusCode).toBe(status);
    expect(await onDisk()).toEqual(before);
  });

  it('leaves nothing when its files are cut half way, or are no form', async () => {
    const { leased, onDisk, call } = await setup();
    const { lease, own, print } = await leased();
    await print('stdout', 0, 'x');
    const before = await onDisk();
    const url = `${base}/nodes/eu-1/leases/${lease}/files`;
    const cut = '--x\r\ncontent-disposition: form-data; name="files"; filename="a"\r\n\r\nhalf';
    const headers = { ...own, 'content-type': 'multipart/form-data; boundary=x' };
    expect((await call('PUT', url, { payload: cut, headers })).statusCode).toBe(400);
    expect((await call('PUT', url, { json: {}, headers: own })).statusCode).toBe(415);
    expect(await onDisk()).toEqual(before);
  });

  it('leaves nothing when its files are more than its type may leave, and no output beyond what is kept', async () => {
    const { leased, onDisk, call, list } = await setup();
    await call('PUT', `${base}/types/bundle`, { json: { bundle: { disk_mb: 1 } } });
    const { id, leave, print } = await leased();
    expect((await print('stdout', 0, 'x'.repeat(1_048_577))).statusCode).toBe(413);
    expect((await print('stdout', 0, 'x'.repeat(1_048_576))).json()).toEqual({ bytes: 1_048_576 });
    expect((await print('stdout', 1_048_576, 'more')).json()).toEqual({ bytes: 1_048_576 });
    const before = await onDisk();
    const half = Buffer.alloc(600_000);
    for (const query of ['', '?partial=true'])
      expect((await leave([file('a', half), file('b', half)], query)).json()).toMatchObject({ status: 413, code: 'body_too_large' });
    expect(await onDisk()).toEqual(before);
    expect((await list(id)).files.map(({ path }: { path: string }) => path)).toEqual(['run.sh']);
  });

  it('belongs to its node, and to no one once its lease has ended', async () => {
    const { leased, join, onDisk, call } = await setup();
    const mine = await leased();
    const other = (await join('eu-2')).of(mine.lease);
    const requests = (node: typeof other) => [
      node.get('files'),
      node.get('files/run.sh'),
      node.print('stdout', 0, 'x'),
      node.leave([file('a', '1')]),
    ];
    for (const answer of await Promise.all(requests(other))) expect(answer.json()).toMatchObject({ status: 403 });
    await mine.report({ outcome: 'failed', error: { code: 'no', message: 'no' }, retryable: false });
    await turns();
    const before = await onDisk();
    for (const answer of await Promise.all(requests(mine))) expect(answer.json()).toMatchObject({ status: 409, code: 'lease_lost' });
    expect(await onDisk()).toEqual(before);
    expect((await call('GET', `${base}/tasks/${mine.id}/files`)).statusCode).toBe(404);
  });

  it('whose lease ends while its files are on the way is not kept', async () => {
    const { leased, onDisk, call, app } = await setup();
    const { lease, own, id, report } = await leased();
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    let more: (text: string | undefined) => void = () => {};
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        more = (text) => (text === undefined ? controller.close() : controller.enqueue(Buffer.from(text)));
      },
    });
    more('--x\r\ncontent-disposition: form-data; name="files"; filename="a"\r\n\r\nhalf');
    const headers = { ...own, 'content-type': 'multipart/form-data; boundary=x' };
    const sending = fetch(`${url}${base}/nodes/eu-1/leases/${lease}/files`, {
      method: 'PUT',
      headers,
      body,
      duplex: 'half',
    } as RequestInit);
    await expect.poll(async () => (await onDisk()).some((path) => path.endsWith('/files/a'))).toBe(true);
    await report({ outcome: 'failed', error: { code: 'no', message: 'no' }, retryable: false });
    await turns();
    more('\r\n--x--\r\n');
    more(undefined);
    expect((await sending).status).toBe(409);
    expect((await call('GET', `${base}/tasks/${id}/files`)).statusCode).toBe(404);
    await expect.poll(async () => (await onDisk()).filter((path) => path.includes('/files/a'))).toEqual([]);
    app.server.closeAllConnections();
  });

  it('that sends without end is cut at the limit and told so, and nothing of it stays', async () => {
    const { leased, onDisk, call, app } = await setup();
    await call('PUT', `${base}/types/bundle`, { json: { bundle: { disk_mb: 1 } } });
    const { id, lease, own, report } = await leased();
    const before = await onDisk();
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const part = '--x\r\ncontent-disposition: form-data; name="files"; filename="a"\r\n\r\n';
    const node = `${url}${base}/nodes/eu-1`;
    const json = { ...own, 'content-type': 'application/json' };
    const answers = await Promise.all([
      sendWithoutEnd('PUT', `${node}/leases/${lease}/files`, { ...own, 'content-type': 'multipart/form-data; boundary=x' }, part),
      sendWithoutEnd('PUT', `${node}/leases/${lease}/output/stdout?offset=0`, { ...own, ...octets }),
      sendWithoutEnd('POST', `${node}/results`, json, `{"results":[{"lease":"${lease}","outcome":"succeeded","result":"`),
      sendWithoutEnd('POST', `${node}/leases/${lease}/result`, json, '{"outcome":"succeeded","result":"'),
    ]);
    for (const answer of answers) expect(JSON.parse(answer)).toMatchObject({ status: 413, code: 'body_too_large' });
    await expect
      .poll(async () => (await onDisk()).filter((path) => !before.includes(path) && !/\.1\/(?:work|std|$)/.test(path)))
      .toEqual([]);
    expect((await call('GET', `${base}/tasks/${id}`)).json()).toMatchObject({ status: 'processing', attempt: 1 });
    expect((await report({ outcome: 'failed', error: { code: 'no', message: 'no' }, retryable: false })).statusCode).toBe(200);
    app.server.closeAllConnections();
  });

  it('takes no files of a task that is no bundle', async () => {
    const { join, submit: _, call, ...app } = await setup();
    const node = await join('eu-1');
    await app.app.ready();
    await call('POST', `${base}/tasks`, { json: { type: 'order', priority: 5, region: 'us-east', cost: 1, constraints: ['site = far'] } });
    const { lease, bundle } = await node.fetchLease();
    expect(bundle).toBeNull();
    expect((await node.of(lease).get('files')).json()).toMatchObject({ status: 409, code: 'wrong_status' });
  });
});

describe('a bundle on a node that depends on others', () => {
  const needs = (...tasks: object[]) => field('depends_on', JSON.stringify(tasks));

  /** A parent that left two files, its child as it runs on the same node, and another task that runs beside it. */
  async function family() {
    const app = await setup();
    const node = await app.join('eu-1');
    async function next(...parts: FormPart[]) {
      const id = await app.submit(...parts);
      return { id, ...(await node.fetchLease()) };
    }
    const first = await next();
    await node.of(first.lease).leave([file('d/a b', '1'), file('D/x', '22')]);
    await node.of(first.lease).report({ outcome: 'succeeded', result: { exit_status: 0 } });
    const child = await next(needs({ task: first.id, name: 'first' }));
    return { ...app, node, next, first, child, get: node.of(child.lease).get };
  }

  it('may read what they left, with digests, while it has its lease', async () => {
    const { first, child, get, node } = await family();
    expect(child).toMatchObject({ parents: [{ task: first.id, name: 'first', status: 'completed', attempt: 1 }] });
    const { bytes, files } = (await get(`parents/${first.id}/files`)).json();
    expect({ bytes, files }).toMatchObject({ bytes: 3, files: [{ path: 'D/x', bytes: 2, sha256: sha256('22') }, { path: 'd/a b' }] });
    expect((await get(`parents/${first.id}/files/d/a%20b`)).body).toBe('1');
    expect(files[1].url).toMatch(/\/d\/a%20b$/);
    for (const path of ['nothing', '..%2f..%2fmanifest.json', 'd'])
      expect((await get(`parents/${first.id}/files/${path}`)).json()).toMatchObject({ status: 409, code: 'files_gone' });
    await node.of(child.lease).report({ outcome: 'failed', error: { code: 'no', message: 'no' }, retryable: false });
    await turns();
    expect((await get(`parents/${first.id}/files`)).json()).toMatchObject({ status: 409, code: 'lease_lost' });
  });

  it('may read no files but those of its parents, and another node not even those', async () => {
    const { first, child, get, next, join, node } = await family();
    const other = await next();
    await node.of(other.lease).leave([file('secret', 'x')]);
    await node.of(other.lease).report({ outcome: 'succeeded', result: {} });
    for (const id of [other.id, child.id, '../..', '01990000-0000-7000-8000-000000000000'])
      for (const what of ['files', 'files/secret'])
        expect((await get(`parents/${encodeURIComponent(id)}/${what}`)).json()).toMatchObject({ status: 404, code: 'not_found' });
    const stranger = (await join('eu-2')).of(child.lease);
    expect((await stranger.get(`parents/${first.id}/files`)).json()).toMatchObject({ status: 403 });
  });

  it('finds nothing of one that did not complete', async () => {
    const { next, node } = await family();
    const bad = await next(field('max_attempts', '1'));
    await node.of(bad.lease).leave([file('half', '1')]);
    await node.of(bad.lease).report({ outcome: 'failed', error: { code: 'no', message: 'no' } });
    const child = await next(needs({ task: bad.id }), field('on_parent_failure', 'run'));
    expect(child).toMatchObject({ parents: [{ task: bad.id, status: 'failed' }] });
    expect((await node.of(child.lease).get(`parents/${bad.id}/files`)).json()).toMatchObject({ status: 409, code: 'files_gone' });
  });
});

describe('a server without a sandbox', () => {
  const sandbox = { tier: 3, reason: 'bwrap is not installed.', cure: 'Install it.' } as const;
  const parts = [field('type', 'bundle'), file('run.sh', 'echo\n')];

  it('takes bundles when nodes may run them', async () => {
    const { send, files } = await setupBundles({ sandbox, pools: [far] });
    const answer = await send(parts);
    expect(answer.json()).toMatchObject({ type: 'bundle', status: 'queued' });
    expect(await contents(files.places.inputOf(answer.json().id))).toEqual({ 'run.sh': 'echo\n' });
  });

  it('takes none, nodes or not, when everybody reaches it', async () => {
    const { send } = await setupBundles({ sandbox, pools: [far], isOff: true });
    expect((await send(parts)).json()).toMatchObject({ status: 409, code: 'sandbox_unavailable' });
  });
});
