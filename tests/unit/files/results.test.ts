import { mkdir, mkdtemp, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/core/domain/task.ts';
import type { RunningBundle } from '../../../src/core/ports/attempt-files.ts';
import { openFiles } from '../../../src/files/open-files.ts';
import { anAttempt } from '../../helpers/attempts.ts';
import { bytes, contents, folderOfTest, listing, textOf } from '../../helpers/files.ts';

const { task } = anAttempt();
const ended: Task = { ...task, status: 'completed', completedAt: 1 };

async function setup() {
  const dataDir = folderOfTest();
  const files = await openFiles(dataDir);
  const live = new Map<string, RunningBundle>();
  const reader = files.reader((id) => live.get(id));
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
    live.set(task.id, { ...left, attempt: 1 });
    const found = await reader.of(task);
    expect(found).toMatchObject({ isPartial: true, remains: { files: [{ path: 'd/a', bytes: 6 }] } });
    await symlink(secret, join(left.folder, 'out'));
    await symlink(join(secret, 'key'), join(left.folder, 'key'));
    expect(await found?.open('out/key')).toBeUndefined();
    expect(await found?.open('key')).toBeUndefined();
    expect(await textOf((await found?.open('d/a'))?.read())).toBe('so far');
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
