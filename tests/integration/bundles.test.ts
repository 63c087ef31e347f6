import { describe, expect, it } from 'vitest';
import { createBench, sandboxOfTest, skipReason } from '../helpers/bundles.ts';

const found = await sandboxOfTest();

describe.skipIf(found.sandbox === undefined)(`run.sh${skipReason(found)}`, async () => {
  const { run, executor, attempt, feed } = await createBench(found);

  it('succeeds with status 0, and everything it leaves is the result', async () => {
    const ran = await run('echo hello; echo oops >&2; mkdir d; echo 1 > d/a; printf x > b');
    expect(ran).toMatchObject({ stdout: 'hello\n', stderr: 'oops\n', left: { 'd/a': '1\n', b: 'x' } });
    expect(ran.outcome).toEqual({ kind: 'succeeded', result: { exit_status: 0, files: 3, bytes: expect.any(Number), skipped: 0 } });
  });

  it('fails with any other status, says the last thing it said, and what it left is kept', async () => {
    const ran = await run('echo half > part; echo first >&2; echo "no such column" >&2; exit 7');
    expect(ran.outcome).toEqual({
      kind: 'failed',
      code: 'exit_status',
      message: 'run.sh ended with exit status 7: no such column',
      retryable: true,
    });
    expect(ran.left).toEqual({ part: 'half\n' });
  });

  it('that is ended by a signal of its own has failed', async () => {
    expect((await run('kill -9 $$')).outcome).toMatchObject({ kind: 'failed', message: expect.stringContaining('137 (signal 9)') });
  });

  it('gets its payload on standard input, and who it is in the environment', async () => {
    const ran = await run('cat > in.json; env | sort > env', { payload: { a: [1, 'ü'] }, type: 'count' });
    expect(ran.left['in.json']).toBe('{"a":[1,"ü"]}');
    const names = ran.left['env']?.split('\n').map((line) => line.split('=')[0]);
    expect(names?.filter((name) => name !== '_' && name !== 'SHLVL' && name !== '')).toEqual([
      'ATTEMPT',
      'HOME',
      'LANG',
      'PART',
      'PARTS',
      'PATH',
      'PWD',
      'TASK_ID',
      'TASK_TYPE',
    ]);
    expect(ran.left['env']).toContain('TASK_TYPE=count\n');
  });

  it('may open its streams anew, as scripts do', async () => {
    const ran = await run('echo out > /dev/stdout; echo err > /dev/stderr; cat /dev/stdin; echo more | tee /dev/stderr', { payload: [1] });
    expect(ran).toMatchObject({ stdout: 'out\n[1]more\n', stderr: 'err\nmore\n' });
  });

  it('without a payload reads the end of the file at once, and need not read it at all', async () => {
    expect((await run('cat | wc -c')).stdout).toBe('0\n');
    expect((await run('true', { payload: 'x'.repeat(1_000_000) })).outcome).toMatchObject({ kind: 'succeeded' });
  });

  it('begins with the files of the bundle and cannot change them for the next attempt', async () => {
    const handle = await attempt(1, { 'run.sh': 'cat data/in.txt; echo changed > data/in.txt; rm run.sh', 'data/in.txt': 'original\n' });
    expect(await executor.run(handle)).toMatchObject({ kind: 'succeeded' });
    const pieces: string[] = [];
    feed.on(handle.task.id, ({ text }) => pieces.push(text));
    expect(await executor.run({ ...handle, attempt: 2 })).toMatchObject({ kind: 'succeeded' });
    expect(pieces.join('')).toBe('original\n');
  });

  it('is told to stop, may tidy up, and what it leaves then is kept', async () => {
    const handle = await attempt(2, "trap 'echo tidy > tidied; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
    const ready = new Promise((resolve) => feed.on(handle.task.id, resolve));
    const running = executor.run(handle);
    await ready;
    handle.abort();
    expect(await running).toEqual({ kind: 'stopped' });
  });

  it('of a task whose files are gone fails and says what to do', async () => {
    const handle = await attempt(3, 'true');
    const gone = { ...handle, task: { ...handle.task, id: '01900000-0000-7000-8000-999999999999' } };
    expect(await executor.run(gone)).toMatchObject({ kind: 'failed', code: 'files_gone', retryable: false });
  });

  it('prints live, a piece at a time, with where each begins', async () => {
    const handle = await attempt(4, 'echo one; sleep 0.1; echo two; echo three >&2');
    const pieces: [string, number, string][] = [];
    feed.on(handle.task.id, ({ stream, offset, text }) => pieces.push([stream, offset, text]));
    await executor.run(handle);
    expect(pieces).toEqual(
      expect.arrayContaining([
        ['stdout', 0, 'one\n'],
        ['stdout', 4, 'two\n'],
        ['stderr', 0, 'three\n'],
      ]),
    );
  });
});
