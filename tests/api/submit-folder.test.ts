import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { setupBundles } from '../helpers/bundle-app.ts';
import { lay } from '../helpers/bundles.ts';
import { trx } from '../helpers/cli.ts';
import { contents, folderOfTest } from '../helpers/files.ts';

async function setup() {
  const app = await setupBundles();
  await app.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.app.server.address() as AddressInfo;
  const env = { TRX_SERVER: `http://127.0.0.1:${port}` };
  const folder = await mkdtemp(join(folderOfTest(), 'job-'));
  return { ...app, env, folder, cli: (...args: string[]) => trx(args, { env }) };
}

async function emptyFile(path: string): Promise<string> {
  await writeFile(path, '');
  return path;
}

describe('trx submit ./folder', () => {
  it('sends every file with the task, names as they are', async () => {
    const { cli, folder, files, call } = await setup();
    await lay(join(folder, 'run.sh'), 'echo\n');
    await lay(join(folder, 'data/a "b" ü.txt'), 'x');
    const { code, out } = await cli('submit', folder, '{"n":1}', '--priority', '8', '--json');
    expect(code).toBe(0);
    const { id, priority, payload } = JSON.parse(out);
    expect({ priority, payload }).toEqual({ priority: 8, payload: { n: 1 } });
    expect(await contents(files.places.inputOf(id))).toEqual({ 'run.sh': 'echo\n', 'data/a "b" ü.txt': 'x' });
    expect((await call('GET', `/api/v1/tasks/${id}`)).statusCode).toBe(200);
  });

  it('waits, saves what was left, and ends as the task ended', async () => {
    const { cli, folder, engine, finish, leaves } = await setup();
    await writeFile(join(folder, 'run.sh'), 'exit 3\n');
    const zip = join(folder, '..', 'result.zip');
    const submitted = cli('submit', folder, '--download', zip);
    await expect.poll(() => engine.stats().byStatus.processing).toBe(1);
    const [task] = (await engine.tasks({ filter: {}, limit: 1 }, { name: 'test', tenant: undefined })).tasks;
    const id = task?.id ?? '';
    await expect
      .poll(() =>
        leaves(id, 'out', 'x').then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await finish(id, { kind: 'failed', code: 'exit_status', message: 'run.sh ended with exit status 3.', retryable: false });
    const { code, err } = await submitted;
    expect({ code, err }).toEqual({ code: 8, err: expect.stringContaining('exit status 3') });
    expect((await readFile(zip)).subarray(0, 2).toString()).toBe('PK');
    expect((await cli('submit', folder, '--download', zip, '--wait', '0')).code).not.toBe(0);
  });

  it.each([
    ['nothing to run', async () => {}, /has no run\.sh/],
    ['a script from Windows', (folder: string) => lay(join(folder, 'run.sh'), 'echo\r\n'), /CRLF/],
  ])('with %s says so with exit code 2', async (_what, fill, why) => {
    const { cli, folder } = await setup();
    await fill(folder);
    expect(await cli('submit', folder)).toMatchObject({ code: 2, err: expect.stringMatching(why) });
  });

  it('of a folder that is not there, or with flags that mean nothing, is a mistake in use', async () => {
    const { cli, folder } = await setup();
    expect(await cli('submit', './no-such-folder')).toMatchObject({ code: 2, err: expect.stringContaining('cannot be read') });
    expect((await cli('submit', 'hash', 'x', '--download', 'a.zip')).code).toBe(2);
    expect((await cli('submit', folder, '--dry-run')).code).toBe(2);
  });
});

describe('trx submit ./a ./b', () => {
  async function setupTwo() {
    const app = await setup();
    const [split, count] = [join(app.folder, 'split'), join(app.folder, 'count')];
    for (const [name, folder] of Object.entries({ split, count })) await lay(join(folder, 'run.sh'), `echo ${name}\n`);
    await lay(join(count, 'more "x".txt'), 'x');
    return { ...app, split, count };
  }

  it('sends all of them at once, with the same flags; in a chain each finds the one before by the name of its folder', async () => {
    const { cli, split, count, files, call } = await setupTwo();
    const answer = await cli('submit', split, count, '--chain', '--priority', '8', '--json');
    const [first, second] = JSON.parse(answer.out).tasks;
    expect([answer.code, first]).toMatchObject([0, { priority: 8, depends_on: [] }]);
    expect(second).toMatchObject({ priority: 8, status: 'delayed', depends_on: [{ task: first.id, name: 'split' }] });
    expect(await contents(files.places.inputOf(second.id))).toEqual({ 'run.sh': 'echo count\n', 'more "x".txt': 'x' });
    const { code, out } = await cli('submit', split, count, '--after', `in=${first.id}`, '--plain');
    expect([code, out.split('\n')[1]?.split('\t')[0]]).toEqual([0, split]);
    const { tasks } = (await call('GET', '/api/v1/tasks?limit=2')).json();
    for (const task of tasks) expect(task.depends_on).toEqual([{ task: first.id, name: 'in' }]);
  });

  it('waits for all, and ends as the first did that did not complete', async () => {
    const { cli, split, count, finish, engine } = await setupTwo();
    const submitted = cli('submit', split, count, '--chain', '--wait');
    await expect.poll(() => engine.stats().byStatus.processing).toBe(1);
    const { tasks } = await engine.tasks({ filter: { status: ['processing'] }, limit: 1 }, { name: 'test', tenant: undefined });
    const end = () => finish(tasks[0]?.id ?? '', { kind: 'failed', code: 'exit_status', message: 'It ended with 3.', retryable: false });
    await expect
      .poll(() =>
        end().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    expect(await submitted).toMatchObject({ code: 8, err: expect.stringContaining('ended with 3') });
    expect(engine.stats().byStatus.failed).toBe(2);
  });

  it('waits no longer than once for all, and tells of each when one has not ended', async () => {
    const { env, cli, folder, split, count, finish, running } = await setupTwo();
    const never = join(folder, 'never');
    await lay(join(never, 'run.sh'), 'echo\n');
    const command = ['submit', count, never, split, '--idempotency-key', 'k', '--json'];
    const [first, , third] = JSON.parse((await cli(...command)).out).tasks;
    for (const { id } of [first, third]) await vi.waitFor(() => running(id));
    await finish(third.id);
    let asked = 0;
    // Answered at once, so that only the clock of the command moves: by a millisecond for each time it asks.
    const impatient: typeof fetch = async (to, { headers, ...init } = {}) => {
      const sent = new Headers(headers);
      if (sent.has('prefer') && ++asked === 6) await finish(first.id);
      sent.delete('prefer');
      return fetch(to, { ...init, headers: sent });
    };
    const { code, out, err } = await trx([...command, '--wait', '0.01'], { env, fetch: impatient });
    expect({ code, err }).toEqual({ code: 124, err: expect.stringContaining('trx watch 2') });
    expect(JSON.parse(out).tasks.map(({ status }: { status: string }) => status)).toEqual(['completed', 'processing', 'completed']);
    expect(asked).toBeLessThan(12);
  });

  it('takes none when one of them cannot be taken, and names it', async () => {
    const { cli, split, count, engine, onDisk } = await setupTwo();
    const before = await onDisk();
    await lay(join(count, 'run.sh'), 'echo\r\n');
    expect(await cli('submit', split, count)).toMatchObject({ code: 2, err: expect.stringContaining('/body/1/files') });
    await rm(join(count, 'run.sh'));
    expect(await cli('submit', split, count)).toMatchObject({ code: 2, err: expect.stringContaining(`${count} has no run.sh`) });
    expect([await onDisk(), engine.stats().byStatus.queued]).toEqual([before, 0]);
  });

  it('counts files and bytes of all before it sends any', async () => {
    const { cli, split, count, store } = await setupTwo();
    const holes = async (folder: string, ...sizes: readonly number[]) => {
      for (const [i, mib] of sizes.entries()) await truncate(await emptyFile(join(folder, `hole-${i}`)), mib * 1_048_576);
    };
    await holes(split, 400, 200);
    await holes(count, 400, 25);
    expect(await cli('submit', split, count)).toMatchObject({
      ...{ code: 2, err: expect.stringContaining('the folders have 1026 MiB; the bundles of one request have at most 1024 MiB together') },
    });
    await holes(split, 401);
    expect(await cli('submit', split)).toMatchObject({
      code: 2,
      err: expect.stringContaining('hole-0 has 401 MiB; a file has at most 400'),
    });
    expect(store.lastSeq()).toBe(0);
  });

  it.each([
    [['--download', 'x.zip'], 'several folders'],
    [['--dry-run'], 'several folders'],
    [['--wait', 'abc'], 'It must be a number of seconds'],
    [['text'], 'one too many'],
  ])('with %s is a mistake in use', async (more, why) => {
    const { cli, split, count, store } = await setupTwo();
    expect(await cli('submit', split, count, ...more)).toMatchObject({ code: 2, err: expect.stringContaining(why) });
    expect(store.lastSeq()).toBe(0);
    expect(await cli('submit', split, '--chain')).toMatchObject({ code: 2, err: expect.stringContaining('--chain is for several') });
  });
});
