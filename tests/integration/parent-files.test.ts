import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EndedParent } from '../../src/core/domain/dependency.ts';
import { createBench, sandboxOfTest, skipReason } from '../helpers/bundles.ts';
import { contents } from '../helpers/files.ts';

const found = await sandboxOfTest();

describe.skipIf(found.sandbox === undefined)(`files of parents${skipReason(found)}`, async () => {
  const { run, executor, attempt, files } = await createBench(found);
  let parents = 0;

  /** A task that ran and left what `script` leaves. */
  async function aParent(name: string, script: string, changes: Partial<EndedParent> = {}): Promise<EndedParent> {
    const handle = await attempt(++parents, script);
    await executor.run(handle);
    return { id: handle.task.id, name, status: 'completed', result: { exit_status: 0 }, attempt: 1, ...changes };
  }

  const aFunction = (name: string, changes: Partial<EndedParent> = {}): EndedParent => {
    const id = `01900000-0000-7000-9000-${String(++parents).padStart(12, '0')}`;
    return { id, name, status: 'completed', result: 42, attempt: 1, ...changes };
  };
  const kept = ({ id }: EndedParent) => contents(join(files.places.resultOf(id, 1), 'files'));

  it('lie in a folder by the name of each, and a list says how every parent ended', async () => {
    const split = await aParent('split', 'mkdir d; echo 1 > d/a; echo 2 > d/b');
    const unnamed = await aParent('x', 'echo 3 > c');
    const failed = await aParent('bad', 'echo half > part', { status: 'failed', result: null });
    const all = [
      split,
      { ...unnamed, name: unnamed.id },
      failed,
      aFunction('sum'),
      aFunction('old', { status: 'gone', result: null, attempt: 0 }),
    ];
    const { outcome, stdout, left } = await run(
      `cat $TRX_PARENTS/split/d/* $TRX_PARENTS/${unnamed.id}/c; ls $TRX_PARENTS; cp $TRX_PARENTS/parents.json list`,
      {},
      all,
    );
    expect(outcome).toMatchObject({ kind: 'succeeded' });
    expect(stdout.split('\n')).toEqual(['1', '2', '3', unnamed.id, 'parents.json', 'split', '']);
    expect(JSON.parse(left['list'] ?? '')).toEqual([
      { task: split.id, name: 'split', status: 'completed', result: { exit_status: 0 }, folder: 'split' },
      { task: unnamed.id, name: unnamed.id, status: 'completed', result: { exit_status: 0 }, folder: unnamed.id },
      { task: failed.id, name: 'bad', status: 'failed', result: null, folder: null, reason: 'it did not complete: failed' },
      { task: all[3]?.id, name: 'sum', status: 'completed', result: 42, folder: null, reason: 'it left no files, or they were removed' },
      { task: all[4]?.id, name: 'old', status: 'gone', result: null, folder: null, reason: 'the task was removed' },
    ]);
  });

  it('are none of those who have no parents', async () => {
    expect((await run('env | grep -c PARENTS; ls -d /parents')).stdout).toBe('0\n');
  });

  it('cannot be written, removed, renamed, linked or given other rights, by no path', async () => {
    const parent = await aParent('p', 'mkdir d; echo mine > d/f');
    const { stdout } = await run(
      `f=$TRX_PARENTS/p/d/f; exec 7<$f
      for try in 'echo x > $f' 'echo x >> $f' ': > $TRX_PARENTS/new' ': > $TRX_PARENTS/p/new' 'rm $f' 'mv $f $f.2' 'chmod 777 $f' 'ln $f mine' \\
        'touch $f' 'rm -r $TRX_PARENTS/p' 'mv $TRX_PARENTS/p away' 'echo x > /proc/self/fd/7' 'truncate -s 0 $f' 'echo x > $TRX_PARENTS/parents.json' \\
        'mount -o remount,rw $TRX_PARENTS/p' 'umount $TRX_PARENTS/p' 'cp $f copy && rm $f'; do
        (eval "$try") 2>/dev/null && echo "worked: $try"; done; cat $f`,
      {},
      [parent],
    );
    expect(stdout).toBe('mine\n');
    expect(await kept(parent)).toMatchObject({ 'd/f': 'mine\n' });
  });

  it('are files only: what a parent linked leads nowhere', async () => {
    const secret = join(found.dataDir, 'secret');
    await writeFile(secret, 'hush');
    const parent = await aParent(
      'p',
      `ln -s ${secret} out; ln -s ../../../../../etc up; ln -s /proc/1/root root; mkfifo pipe; echo x > ok`,
    );
    const { stdout } = await run('cd $TRX_PARENTS/p; ls; cat out up/passwd root/etc/shadow 2>/dev/null; find . -type l', {}, [parent]);
    expect(stdout.split('\n')).toEqual(['ok', 'run.sh', '']);
  });

  it('never lie outside of their folder, whatever a parent is called', async () => {
    const names = ['../task', '..', '/etc', 'a/b', 'parents.json', '', 'same', 'same'];
    const all = await Promise.all(names.map((name, i) => aParent(name, `echo ${i} > n`)));
    const twin = { ...(await aParent('twin', 'echo twin > n')), name: all[0]?.id ?? '' };
    const { stdout } = await run('cd $TRX_PARENTS; cat */n; ls -d */ | wc -l; ls /task', {}, [...all, twin]);
    expect(stdout.split('\n').slice(0, -3).sort()).toEqual([...names.keys()].map(String).concat('twin').sort());
    expect(stdout.split('\n').slice(-3)).toEqual(['9', 'run.sh', '']);
  });

  it('are no part of what the child leaves or may use of the disk, and outlive it', async () => {
    const parent = await aParent('p', 'head -c 6M /dev/zero > big');
    const { outcome, left } = await run('head -c 5M /dev/zero > own; wc -c < $TRX_PARENTS/p/big > size; sleep 0.4', {}, [parent]);
    expect(outcome).toMatchObject({ kind: 'succeeded', result: { files: 3 } });
    expect(left['size']).toBe(`${6 * 1_048_576}\n`);
    expect((await kept(parent))['big']?.length).toBe(6 * 1_048_576);
  });
});
