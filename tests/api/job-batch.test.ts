import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tarOf, zipOf } from '../helpers/archives.ts';
import { setupBundles } from '../helpers/bundle-app.ts';
import { contents } from '../helpers/files.ts';
import { type FormPart, field, form } from '../helpers/form.ts';

const url = '/api/v1/jobs/batch';
const tasks = (...list: unknown[]): FormPart => field('tasks', JSON.stringify(list));
const file = (name: string, path: string, value = 'echo\n'): FormPart => ({ name: `files[${name}]`, file: path, value });
const run = (name: string, script = `echo ${name}\n`) => file(name, 'run.sh', script);
const archive = (name: string, path: string, value: Buffer): FormPart => ({ name: `bundle[${name}]`, file: path, value });
const bundle = { type: 'bundle' };
const order = { type: 'order', priority: 5, cost: 1, region: 'us-east' };

const pipeline = tasks(
  { ...bundle, ref: 'merge', depends_on: [{ task: 'count', name: 'in' }] },
  { ...bundle, ref: 'count', depends_on: [2], on_parent_failure: 'skip' },
  { ...bundle, priority: 9 },
);

async function setup(options: Parameters<typeof setupBundles>[0] = {}) {
  const app = await setupBundles(options);
  const send = (parts: readonly FormPart[], headers: Record<string, string> = {}) => {
    const { payload, headers: own } = form(...parts);
    return app.call('POST', url, { payload, headers: { ...own, ...headers } });
  };
  const read = async (id: string) => (await app.call('GET', `/api/v1/tasks/${id}`)).json();
  const ids = (answer: { json(): unknown }) => (answer.json() as { results: { id: string }[] }).results.map(({ id }) => id);
  return { ...app, send, read, ids };
}

describe('POST /api/v1/jobs/batch', () => {
  it('takes a whole pipeline at once, whatever the order of its parts', async () => {
    const { send, read, ids, files, finish } = await setup();
    const answer = await send([pipeline, run('count'), file('2', 'texts/a', 'x'), run('0'), run('2')]);
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { accepted: 3, refused: 0 }]);
    const [merge = '', count = '', split = ''] = ids(answer);
    expect(await read(merge)).toMatchObject({ status: 'delayed', depends_on: [{ task: count, name: 'in' }], on_parent_failure: 'fail' });
    expect(await read(count)).toMatchObject({ status: 'delayed', depends_on: [{ task: split, name: split }], on_parent_failure: 'skip' });
    expect(await contents(files.places.inputOf(split))).toEqual({ 'run.sh': 'echo 2\n', 'texts/a': 'x' });
    expect(await contents(files.places.inputOf(merge))).toEqual({ 'run.sh': 'echo 0\n' });
    for (const id of [split, count, merge]) {
      await expect.poll(async () => (await read(id)).status).toBe('processing');
      await expect
        .poll(() =>
          finish(id).then(
            () => true,
            () => false,
          ),
        )
        .toBe(true);
    }
    expect((await read(merge)).status).toBe('completed');
  });

  it('takes archives, and tasks without files among the others', async () => {
    const { send, read, ids, files } = await setup();
    const last = { ...order, depends_on: ['zip', 'tar'], on_parent_failure: 'run' };
    const answer = await send([
      tasks({ ...bundle, ref: 'zip' }, { ...bundle, ref: 'tar' }, last),
      archive('zip', 'a.zip', zipOf([{ name: 'run.sh', content: 'zipped' }])),
      archive('tar', 'a.tgz', tarOf([{ name: 'run.sh', content: 'tarred' }])),
    ]);
    const [zip = '', tar = '', third = ''] = ids(answer);
    expect(await contents(files.places.inputOf(zip))).toEqual({ 'run.sh': 'zipped' });
    expect(await contents(files.places.inputOf(tar))).toEqual({ 'run.sh': 'tarred' });
    expect(await read(third)).toMatchObject({ type: 'order', status: 'delayed', depends_on: [{ name: 'zip' }, { name: 'tar' }] });
  });

  it('sent again with its key is the same tasks; with other files in one of them the key is refused', async () => {
    const { send, ids, onDisk, engine } = await setup();
    const key = { 'idempotency-key': 'k' };
    const parts = (script: string) => [pipeline, run('0'), run('1', script), run('2')];
    const first = await send(parts('echo\n'), key);
    const before = await onDisk();
    const again = await send(parts('echo\n'), key);
    expect([ids(again), again.headers['idempotency-replayed']]).toEqual([ids(first), 'true']);
    const other = (await send(parts('echo other\n'), key)).json();
    expect(other).toMatchObject({ status: 422, errors: [{ path: '/body/1' }] });
    expect(await onDisk()).toEqual(before);
    expect(engine.stats().byStatus.delayed).toBe(2);
    const own = tasks({ ...bundle, idempotency_key: 'k/0' });
    expect((await send([own, run('0', 'echo new\n')])).json()).toMatchObject({ status: 422, errors: [{ path: '/body/0' }] });
  });

  it('stays accepted when files that nobody needs cannot be removed', async () => {
    const { send, ids, files } = await setup();
    const known = { ...bundle, idempotency_key: 'known' };
    await send([tasks(known), run('0')]);
    vi.spyOn(files.inputs, 'drop').mockRejectedValueOnce(new Error('EIO'));
    const answer = await send([tasks(known, bundle), run('0'), run('1')]);
    expect([answer.statusCode, answer.json().results]).toMatchObject([200, [{ replayed: true }, { replayed: false }]]);
    expect(await contents(files.places.inputOf(ids(answer)[1] ?? ''))).toEqual({ 'run.sh': 'echo 1\n' });
  });

  it('reads tasks that say they are JSON, and takes no query', async () => {
    const { send, call } = await setup();
    const typed = { ...tasks(bundle), type: 'application/json; charset=utf-8' };
    expect((await send([typed, run('0')])).statusCode).toBe(200);
    const { payload, headers } = form(tasks(bundle), run('0'));
    for (const query of [`${url}?atomic=false`, '/api/v1/jobs?priority=9']) {
      const problem = (await call('POST', query, { payload, headers })).json();
      expect([problem.status, problem.errors[0].path]).toEqual([422, expect.stringMatching(/^\/query\b/)]);
    }
  });

  it('beyond what its tenant may queue takes none of them', async () => {
    const { send, call, onDisk, engine } = await setup();
    await call('PUT', '/api/v1/tenants/acme', { json: { max_waiting: 2 } });
    const before = await onDisk();
    const three = tasks(...[0, 1, 2].map(() => ({ ...bundle, tenant: 'acme', constraints: ['nowhere'], accept_unroutable: true })));
    expect((await send([three, run('0'), run('1'), run('2')])).statusCode).toBe(429);
    expect([await onDisk(), engine.stats().byStatus.queued]).toEqual([before, 0]);
  });

  it('refuses what is no form, a form that was cut, and everything where nothing can run bundles', async () => {
    const { call, onDisk } = await setup();
    const before = await onDisk();
    expect((await call('POST', url, { json: [bundle] })).statusCode).toBe(415);
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const cut =
      '--x\r\ncontent-disposition: form-data; name="tasks"\r\n\r\n[{"type":"bundle"}]\r\n--x\r\ncontent-disposition: form-data; name="files[0]"; filename="run.sh"\r\n\r\necho';
    expect((await call('POST', url, { payload: cut, headers })).statusCode).toBe(400);
    expect(await onDisk()).toEqual(before);
    const without = await setup({ sandbox: { tier: 3, reason: 'bwrap is not installed.', cure: 'Install it.' } });
    expect((await without.send([tasks(bundle), run('0')])).json()).toMatchObject({ status: 409, code: 'sandbox_unavailable' });
  });
});

/** One server for all: nothing of what it refuses is there for the next. */
describe('a batch of bundles of which one cannot be taken', () => {
  let app: Awaited<ReturnType<typeof setup>>;
  beforeAll(async () => {
    app = await setup({ closed: afterAll });
  });

  const good = tasks(bundle, { ...bundle, ref: 'b' }, bundle);
  const [first, last] = [run('0'), run('2')];
  it.each([
    ['one without run.sh', [good, first, file('b', 'a'), last], 422, ['/body/1/files']],
    ['one without files', [good, first, last], 422, ['/body/1/type']],
    ['two from Windows', [good, first, run('1', 'echo\r\n'), run('2', '\r\n\r\nx')], 422, ['/body/1/files', '/body/2/files']],
    ['a name that leads out', [good, first, file('b', '../../evil'), last], 422, ['/body/1/files']],
    ['a damaged archive', [good, first, archive('b', 'b.zip', Buffer.from('hello')), last], 422, ['/body/1/files']],
    ['an archive of another kind', [good, first, archive('b', 'b.rar', Buffer.from('Rar!')), last], 422, ['/body/1/bundle']],
    ['files of a type that takes none', [tasks(bundle, order), first, run('1')], 422, ['/body/1/type']],
    [
      'two fields that are wrong',
      [tasks(bundle, { type: 7 }, { ...bundle, priority: 11 }), first],
      422,
      ['/body/1/type', '/body/2/priority'],
    ],
    [
      'tasks that wait for each other',
      [tasks({ ...bundle, depends_on: [1] }, { ...bundle, depends_on: [0] }), first, run('1')],
      422,
      ['/body/0/depends_on', '/body/1/depends_on'],
    ],
    ['a parent that is not there', [tasks(bundle, { ...bundle, depends_on: ['x'] }), first, run('1')], 422, ['/body/1/depends_on/0']],
    ['files of nobody', [good, first, run('c')], 422, ['/body/files[c]']],
    ['a part of another name', [good, { ...first, name: 'files' }], 422, ['/body/files']],
    ['files before the tasks', [first, tasks(bundle)], 422, ['/body/tasks']],
    ['no tasks', [], 422, ['/body/tasks']],
    ['an empty list', [tasks()], 422, ['/body/tasks']],
    ['too many', [tasks(...Array(101).fill(bundle))], 422, ['/body/tasks']],
    ['what is no list', [field('tasks', '{"type":"bundle"}')], 422, ['/body/tasks']],
    ['what is no JSON', [field('tasks', '[')], 422, ['/body/tasks']],
    ['tasks twice', [tasks(bundle), tasks(bundle), first], 422, ['/body/tasks']],
    ['a field beside them', [field('type', 'bundle'), tasks(bundle), first], 422, ['/body/type']],
    ['a ref that is there twice', [tasks({ ...bundle, ref: 'a' }, { ...bundle, ref: 'a' }), { ...first, name: 'x' }], 422, ['/body/1/ref']],
    ['a ref that is a place', [tasks(bundle, { ...bundle, ref: '0' }), { ...first, name: 'x' }], 422, ['/body/1/ref']],
    ['JSON that reaches a prototype', [field('tasks', '[{"type":"bundle","payload":{"__proto__":{}}}]'), first], 422, ['/body/0']],
  ] as const)('is refused with %s: nothing is stored, and the answer says which', async (_what, parts, status, paths) => {
    const { send, onDisk, engine } = app;
    const before = await onDisk();
    const problem = (await send(parts)).json();
    expect([problem.status, problem.errors.map(({ path }: { path: string }) => path)]).toEqual([status, paths]);
    expect(await onDisk()).toEqual(before);
    const { queued, processing, delayed } = engine.stats().byStatus;
    expect(queued + processing + delayed).toBe(0);
  });

  const json = (value: string): FormPart => ({ ...field('tasks', value), type: 'application/json' });
  it.each([
    [
      'tasks that are a file',
      { name: 'tasks', file: 'tasks.json', value: '[]' },
      'tasks',
      /is a field and no file: -F 'tasks=<tasks.json'/,
    ],
    ['tasks of a JSON type that are none', json('['), 'tasks', /is not JSON/],
    ['tasks of a JSON type that are too long', json(' '.repeat(1_048_577)), 'tasks', /at most 1 MiB/],
    ['a file without a name', field('files[0]', 'echo\n'), 'files[0]', /needs a file name/],
  ])('that has %s is told what is wrong', async (_what, part, at, why) => {
    const problem = (await app.send([part, last])).json();
    expect(problem).toMatchObject({ status: 422, errors: [{ path: `/body/${at}`, message: expect.stringMatching(why) }] });
  });
});
