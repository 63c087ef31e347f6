import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';
import { fetchBundle, fetchParent } from '../../../src/worker/fetch-bundle.ts';
import type { LeaseFiles, WireFile } from '../../../src/worker/lease-files.ts';
import { createOutputPump } from '../../../src/worker/output-pump.ts';
import { turn } from '../../helpers/attempts.ts';
import { bytes, contents, folderOfTest, listing } from '../../helpers/files.ts';

const nothing: LeaseFiles = {
  list: async () => [],
  listParent: async () => undefined,
  read: () => bytes(),
  print: async () => 0,
  leave: async () => {},
};

function aFile(path: string, text: string, changes: Partial<WireFile> = {}): WireFile {
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { path, bytes: Buffer.byteLength(text), sha256, executable: false, url: text, ...changes };
}
const serving = (...files: WireFile[]): LeaseFiles => ({ ...nothing, list: async () => files, read: ({ url }) => bytes(url) });

describe('files of a leased bundle', () => {
  it('are laid down as they were sent', async () => {
    const folder = folderOfTest();
    await fetchBundle(serving(aFile('run.sh', 'echo\n', { executable: true }), aFile('d/e/x', '1')), 'l', folder, undefined);
    expect(await contents(folder)).toEqual({ 'run.sh': 'echo\n', 'd/e/x': '1' });
  });

  it.each([
    ['a name that leads out', aFile('../evil', 'x')],
    ['an absolute name', aFile('/tmp/evil', 'x')],
    ['other contents than its digest', aFile('a', 'x', { sha256: '0'.repeat(64) })],
    ['more bytes than it says', aFile('a', 'xyz', { bytes: 1 })],
    ['fewer bytes than it says', aFile('a', 'x', { bytes: 2 })],
  ])('are refused with %s', async (_what, file) => {
    const folder = folderOfTest();
    await expect(fetchBundle(serving(file), 'l', folder, undefined)).rejects.toThrow();
    expect((await listing(folder)).filter((path) => path !== 'a')).toEqual([]);
  });
});

describe('files that a parent left', () => {
  const of = (...files: WireFile[]): LeaseFiles => ({ ...serving(), listParent: async () => files });

  it('are laid down to be read, also names that differ in case only', async () => {
    const folder = join(folderOfTest(), '0');
    expect(await fetchParent(of(aFile('a', '1'), aFile('A', '2')), 'l', 'p', folder)).toBe(true);
    expect(await contents(folder)).toEqual({ a: '1', A: '2' });
  });

  it('that are there no more are none', async () => {
    const folder = join(folderOfTest(), '0');
    expect(await fetchParent(nothing, 'l', 'p', folder)).toBe(false);
  });

  it.each([
    ['a name that leads out', aFile('../evil', 'x')],
    ['other contents than its digest', aFile('a', 'x', { sha256: '0'.repeat(64) })],
  ])('are refused with %s', async (_what, file) => {
    const folder = folderOfTest();
    await expect(fetchParent(of(file), 'l', 'p', join(folder, '0'))).rejects.toThrow();
    expect((await listing(folder)).filter((path) => path !== '0/a')).toEqual(['0/']);
  });
});

describe('what a job prints', () => {
  /** A server that takes pieces, and forgets all of them when told to. */
  async function setup() {
    const folder = folderOfTest();
    const paths = { stdout: join(folder, 'stdout'), stderr: join(folder, 'stderr') };
    const has = { stdout: '', stderr: '' };
    const state = { isAway: false, mostBytes: 1_000 };
    const clock = createVirtualClock();
    const api: LeaseFiles = {
      ...nothing,
      async print(_lease, stream, offset, text) {
        if (state.isAway) throw new Error('away');
        const piece = Buffer.from(text).toString('utf8');
        if (offset <= has[stream].length) has[stream] = (has[stream].slice(0, offset) + piece).slice(0, state.mostBytes);
        return has[stream].length;
      },
    };
    const write = (stdout: string, stderr = '') => Promise.all([writeFile(paths.stdout, stdout), writeFile(paths.stderr, stderr)]);
    await write('');
    const pass = () => clock.settleTo(clock.monotonicMs() + 1_000, turn);
    return { pump: createOutputPump(api, clock, 'l'), paths, has, state, write, pass };
  }

  it('is sent as it comes, and again where the server forgot it', async () => {
    const { pump, paths, has, write, pass } = await setup();
    await write('one\n');
    pump.wake(paths);
    await pass();
    await expect.poll(() => has.stdout).toBe('one\n');
    has.stdout = '';
    await write('one\ntwo\n', 'oops\n');
    await pump.finish(paths);
    expect(has).toEqual({ stdout: 'one\ntwo\n', stderr: 'oops\n' });
  });

  it('waits for a server that is away, and ends where the server takes no more', async () => {
    const { pump, paths, has, state, write, pass } = await setup();
    state.isAway = true;
    await write('one\n');
    pump.wake(paths);
    await pass();
    await expect(pump.finish(paths)).rejects.toThrow('away');
    Object.assign(state, { isAway: false, mostBytes: 2 });
    await pump.finish(paths);
    expect(has.stdout).toBe('on');
  });
});
