import { mkdir, mkdtemp, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/core/domain/task.ts';
import type { RunningBundle } from '../../../src/core/ports/attempt-files.ts';
import { bytesKept } from '../../../src/files/housekeeping.ts';
import { openFiles } from '../../../src/files/open-files.ts';
import { anAttempt } from '../../helpers/attempts.ts';
import { bytes, contents, folderOfTest, listing, textOf } from '../../helpers/files.ts';

const { task } = anAttempt();
const ended: Task = { ...task, status: 'completed', completedAt: 1 };

async function setup() {
  const dataDir = folderOfTest();
  const files = await openFiles(dataDir);
  const live = new Map<string, readonly RunningBundle[]>();
  const reader = files.reader((id) => live.get(id) ?? []);
  /** What an attempt left, as it lies in its run folder. */
  async function leave(left: Record<string, string>, printed = { stdout: 'out\n', stderr: '' }) {
    const run = await mkdtemp(join(dataDir, 'run-'));
    const folder = join(run, 'work');
    await mkdir(folder);
    for (const [path, text] of Object.entries(left)) {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await writeFile(join(run, 'stdout'), printed.stdout);
    await writeFile(join(run, 'stderr'), printed.stderr);
    return {
      ...{ folder, stdout: join(run, 'stdout'), stderr: join(run, 'stderr') },
      ...{ stdoutBytes: printed.stdout.length, stderrBytes: printed.stderr.length, maxBytes: 1_000_000 },
    };
  }
  const received = async (left: Record<string, string>, id = task.id) => {
    const upload = await files.inputs.receive({ digest: false });
    for (const [path, text] of Object.entries(left)) await upload.addFile(path, bytes(text));
    await upload.keep(id);
  };
  return { dataDir, files, live, reader, leave, received };
}

describe('results', () => {
  it('keeps every regular file with what was printed, and names what it did not keep', async () => {
    const { files, leave, reader } = await setup();
    const left = await leave({ 'a.txt': 'A', 'd/e/f.txt': 'F' }, { stdout: 'hello\n', stderr: 'oops\n' });
    await symlink('/etc/passwd', join(left.folder, 'link'));
    await symlink('/etc', join(left.folder, 'd', 'etc'));
    const socket = createServer().listen(join(left.folder, 'socket'));
    const remains = await files.attempts.keep(task, 1, left);
    socket.close();
    expect(remains.files).toEqual([
      { path: 'a.txt', bytes: 1 },
      { path: 'd/e/f.txt', bytes: 1 },
    ]);
    expect(remains.skipped).toEqual([
      { path: 'd/etc', reason: 'a symbolic link' },
      { path: 'link', reason: 'a symbolic link' },
      { path: 'socket', reason: 'a socket' },
    ]);
    const found = await reader.of(ended);
    expect(found).toMatchObject({ attempt: 1, isPartial: false, remains });
    expect(await textOf((await found?.open('d/e/f.txt'))?.read())).toBe('F');
    expect(await textOf((await found?.output('stderr'))?.read(2))).toBe('ps\n');
    for (const path of ['link', 'd', 'nothing', '../manifest.json', '/etc/passwd', 'd/etc/passwd'])
      expect(await found?.open(path)).toBeUndefined();
  });

  it('keeps no more than it may', async () => {
    const { files, leave } = await setup();
    const left = await leave({ a: 'xxxx', b: 'xxxx', c: 'x' });
    const { files: kept, skipped } = await files.attempts.keep(task, 1, { ...left, maxBytes: 5 });
    expect(kept.map(({ path }) => path)).toEqual(['a', 'c']);
    expect(skipped).toEqual([{ path: 'b', reason: expect.stringContaining('more than') }]);
  });

  it('shows an attempt as final from the moment on in which its task has left processing', async () => {
    const { files, leave, reader } = await setup();
    await files.attempts.keep(task, 1, await leave({ a: '1' }));
    expect(await reader.of(task)).toMatchObject({ attempt: 1, isPartial: true });
    expect(await reader.of(ended)).toMatchObject({ attempt: 1, isPartial: false });
  });

  it('shows the latest attempt that left something, and any that is asked for', async () => {
    const { files, leave, reader } = await setup();
    await files.attempts.keep(task, 1, await leave({ first: '' }));
    await files.attempts.keep({ ...task, attempt: 2 }, 2, await leave({ second: '' }));
    const third: Task = { ...ended, status: 'failed', attempt: 3 };
    expect((await reader.of(third))?.remains.files).toEqual([{ path: 'second', bytes: 0 }]);
    expect((await reader.of(third, 1))?.remains.files).toEqual([{ path: 'first', bytes: 0 }]);
    expect(await reader.of(third, 3)).toBeUndefined();
    expect(await reader.of(third, 4)).toBeUndefined();
  });

  it('shows what a running attempt has so far, and follows no link that the job lays', async () => {
    const { live, leave, reader, dataDir } = await setup();
    const secret = join(dataDir, 'secret');
    await mkdir(secret);
    await writeFile(join(secret, 'key'), 'hush');
    const left = await leave({ 'd/a': 'so far' });
    live.set(task.id, [{ ...left, attempt: 1 }]);
    const found = await reader.of(task);
    expect(found).toMatchObject({ isPartial: true, remains: { files: [{ path: 'd/a', bytes: 6 }] } });
    await symlink(secret, join(left.folder, 'out'));
    await symlink(join(secret, 'key'), join(left.folder, 'key'));
    expect(await found?.open('out/key')).toBeUndefined();
    expect(await found?.open('key')).toBeUndefined();
    expect(await textOf((await found?.open('d/a'))?.read())).toBe('so far');
  });
});

describe('results of several parts', () => {
  const gang: Task = { ...task, parts: 3 };
  const over: Task = { ...ended, parts: 3 };

  it('lie below a folder for each, whole or not at all, and each has printed for itself', async () => {
    const { files, leave, reader } = await setup();
    for (const part of [1, 0, 2]) {
      const left = await leave({ 'out.txt': `of ${part}`, 'd/x': '' }, { stdout: `hello from ${part}\n`, stderr: '' });
      await files.attempts.keep(gang, 1, { ...left, part });
    }
    const found = await reader.of(over);
    expect(found).toMatchObject({ attempt: 1, part: 0, isPartial: false });
    expect(found?.remains.files.map(({ path }) => path)).toEqual(
      [0, 1, 2].flatMap((part) => [`parts/${part}/d/x`, `parts/${part}/out.txt`]),
    );
    expect(await textOf((await found?.open('parts/2/out.txt'))?.read())).toBe('of 2');
    for (const path of ['out.txt', 'parts/3/out.txt', 'parts/1', 'parts/1/', 'parts/1//etc/passwd', 'parts/1/../../manifest.json'])
      expect([path, await found?.open(path)]).toEqual([path, undefined]);
    expect(await textOf((await found?.output('stdout'))?.read())).toBe('hello from 0\n');

    const one = await reader.of(over, undefined, 2);
    expect(one?.remains.files.map(({ path }) => path)).toEqual(['parts/2/d/x', 'parts/2/out.txt']);
    expect(await textOf((await one?.output('stdout'))?.read())).toBe('hello from 2\n');
    expect(await one?.open('parts/1/out.txt')).toBeUndefined();
  });

  it('are shown of those that still run and of those that are over, and of those that never began there is nothing', async () => {
    const { files, leave, live, reader } = await setup();
    await files.attempts.keep(gang, 1, { ...(await leave({ done: '1' })), part: 0 });
    live.set(task.id, [{ ...(await leave({ half: '22' }, { stdout: 'so far', stderr: '' })), attempt: 1, part: 2 }]);
    const found = await reader.of(gang);
    expect(found?.isPartial).toBe(true);
    expect(found?.remains.files).toEqual([
      { path: 'parts/0/done', bytes: 1 },
      { path: 'parts/2/half', bytes: 2 },
    ]);
    expect(await textOf((await (await reader.of(gang, 1, 2))?.output('stdout'))?.read())).toBe('so far');
    expect(await reader.of(gang, 1, 1)).toBeUndefined();
    live.clear();
    expect((await reader.of(over))?.remains.files).toEqual([{ path: 'parts/0/done', bytes: 1 }]);
    expect(await textOf((await (await reader.of({ ...over, attempt: 1 }))?.output('stderr'))?.read())).toBe('');
  });

  it('are read by those who depend on it, counted, and removed, as any', async () => {
    const { files, leave, dataDir } = await setup();
    for (const part of [0, 1]) await files.attempts.keep(gang, 1, { ...(await leave({ a: 'xxx' })), part });
    const parent = { id: task.id, attempt: 1, status: 'completed', name: 'both', result: null } as const;
    const [shown] = await files.attempts.bringParents(gang, [parent], dataDir, undefined);
    expect(await contents(shown?.path ?? '')).toEqual({ 'parts/0/a': 'xxx', 'parts/1/a': 'xxx' });
    expect(await bytesKept(files.places, task.id)).toBe(6);
    const all = { isKnown: async () => true, openAttempts: async () => new Map([[task.id, 1]]) };
    expect(await files.cleanUp(all)).toBe(1);
    expect(await listing(files.places.resultsOf(task.id))).toEqual([]);
  });
});

describe('input', () => {
  it('is brought as a private copy with the right to be executed where it had it', async () => {
    const { files, received, dataDir } = await setup();
    await received({ 'run.sh': 'echo', 'd/x': 'x' });
    const folder = await mkdtemp(join(dataDir, 'work-'));
    expect(await files.attempts.bring(task, folder, undefined)).toBe(true);
    expect(await contents(folder)).toEqual({ 'run.sh': 'echo', 'd/x': 'x' });
    expect((await stat(join(folder, 'run.sh'))).mode & 0o777).toBe(0o644);
    await writeFile(join(folder, 'd/x'), 'changed');
    expect(await contents(files.places.inputOf(task.id))).toMatchObject({ 'd/x': 'x' });
  });

  it('that is gone is said to be gone', async () => {
    const { files, dataDir } = await setup();
    expect(await files.attempts.bring(task, dataDir, undefined)).toBe(false);
    expect(await files.inputs.copy(task.id, ended.id)).toBe(false);
  });

  it('is given to another task and outlives the first', async () => {
    const { files, received } = await setup();
    await received({ 'run.sh': 'echo', 'd/x': 'x' });
    const other = '01900000-0000-7000-8000-000000000002';
    expect(await files.inputs.copy(task.id, other)).toBe(true);
    await files.inputs.drop(task.id);
    expect(await contents(files.places.inputOf(other))).toEqual({ 'run.sh': 'echo', 'd/x': 'x' });
    expect(await listing(files.places.incoming)).toEqual([]);
  });
});

describe('what a crash leaves', () => {
  const known = '01900000-0000-7000-8000-00000000000a';
  const unknown = '01900000-0000-7000-8000-00000000000b';
  const open = '01900000-0000-7000-8000-00000000000c';

  it('between a file and its row is removed: neither garbage nor ghosts', async () => {
    const { files, received, leave } = await setup();
    for (const id of [known, unknown, open]) await received({ 'run.sh': 'echo' }, id);
    const half = await files.inputs.receive({ digest: false });
    await half.addFile('run.sh', bytes('echo'));
    for (const id of [known, unknown]) await files.attempts.keep({ ...task, id }, 1, await leave({ r: '' }));
    await files.attempts.keep({ ...task, id: open }, 1, await leave({ first: '' }));
    await files.attempts.keep({ ...task, id: open }, 2, await leave({ second: '' }));

    const gone = await files.cleanUp({
      isKnown: async (id) => id !== unknown,
      openAttempts: async () => new Map([[open, 2]]),
    });
    expect(gone).toBe(4);
    expect(await listing(files.places.incoming)).toEqual([]);
    expect((await listing(files.places.inputs)).filter((path) => path.split('/').length === 2 && path.endsWith('/'))).toEqual([
      `${known}/`,
      `${open}/`,
    ]);
    const kept = (await listing(files.places.results)).filter((path) => path.includes('/files/') && !path.endsWith('/'));
    expect(kept).toEqual([`${known}/1/files/r`, `${open}/1/files/first`]);
  });
});
