import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bundleLimits } from '../../../src/core/domain/bundle.ts';
import { TaskRouterError } from '../../../src/core/domain/errors.ts';
import type { ArchiveKind } from '../../../src/core/ports/bundle-files.ts';
import type { FreshFolder } from '../../../src/files/fresh-folder.ts';
import { openFiles } from '../../../src/files/open-files.ts';
import { unpackTar } from '../../../src/files/unpack-tar.ts';
import { type ArchiveEntry, type TarEntry, tarOf, zipOf } from '../../helpers/archives.ts';
import { turn, until } from '../../helpers/attempts.ts';
import { bytes, contents, folderOfTest, listing, textOf } from '../../helpers/files.ts';

const id = '01900000-0000-7000-8000-000000000001';
const run = { name: 'run.sh', content: 'echo hi\n' };
const small = { ...bundleLimits, uploadBytes: 200_000, unpackedBytes: 1_000_000, files: 20 };

async function setup(limits = small) {
  const dataDir = folderOfTest();
  const files = await openFiles(dataDir, limits);
  /** What is left of an upload that was refused: nothing, please. */
  const left = () => listing(join(dataDir, 'files', 'incoming'));
  return { files, left };
}

/** Takes an archive in, and says how that went: the files, or the refusal. */
async function unpacked(kind: ArchiveKind, archive: Buffer, limits = small) {
  const { files, left } = await setup(limits);
  const upload = await files.inputs.receive({ digest: false });
  try {
    await upload.addArchive(kind, bytes(archive.subarray(0, 100), archive.subarray(100)));
    await upload.check();
    await upload.keep(id);
    return { files: await contents(files.places.inputOf(id)), root: files.places.inputOf(id) };
  } catch (error) {
    await upload.drop();
    if (!(error instanceof TaskRouterError)) throw error;
    expect(await left()).toEqual([]);
    return { refusal: error.code, says: error.message };
  }
}

describe('a bundle of single files', () => {
  it('is laid down as it came and kept under its task', async () => {
    const { files, left } = await setup();
    const upload = await files.inputs.receive({ digest: true });
    await upload.addFile('run.sh', bytes('echo ', 'hi\n'));
    await upload.addFile('data/in.txt', bytes('1\n'));
    expect(await upload.check()).toMatchObject({ files: 2, bytes: 10 });
    await upload.keep(id);
    expect(await contents(files.places.inputOf(id))).toEqual({ 'run.sh': 'echo hi\n', 'data/in.txt': '1\n' });
    expect((await stat(join(files.places.inputOf(id), 'run.sh'))).mode & 0o777).toBe(0o600);
    expect(await left()).toEqual([]);
  });

  it('shares its limits with the others of its request', async () => {
    const limits = { ...bundleLimits, files: 3, unpackedBytes: 10 };
    const several = async () => {
      const { files } = await setup(limits);
      const total = { files: 0, bytes: 0 };
      return [await files.inputs.receive({ digest: false, total }), await files.inputs.receive({ digest: false, total })] as const;
    };
    const [a, b] = await several();
    for (const name of ['1', '2']) await a.addFile(name, bytes('x'));
    await b.addFile('1', bytes('x'));
    await expect(b.addFile('2', bytes('x'))).rejects.toMatchObject({
      code: 'bundle_refused',
      message: expect.stringContaining('bundles of one request have at most 3 files together'),
    });
    const [c, d] = await several();
    await c.addFile('1', bytes('123456'));
    await expect(d.addFile('1', bytes('12345'))).rejects.toMatchObject({
      code: 'body_too_large',
      message: expect.stringContaining('bundles of one request are too large together'),
    });
  });

  it('is the same bundle in whatever order and packing it comes', async () => {
    const { files } = await setup();
    const digestOf = async (fill: (upload: Awaited<ReturnType<typeof files.inputs.receive>>) => Promise<void>) => {
      const upload = await files.inputs.receive({ digest: true });
      await fill(upload);
      const { digest } = await upload.check();
      await upload.drop();
      return digest;
    };
    const one = await digestOf(async (upload) => {
      await upload.addFile('run.sh', bytes('echo hi\n'));
      await upload.addFile('a', bytes('1'));
    });
    const two = await digestOf((upload) => upload.addArchive('zip', bytes(zipOf([{ name: 'a', content: '1' }, run]))));
    const other = await digestOf((upload) => upload.addArchive('zip', bytes(zipOf([{ name: 'a', content: '2' }, run]))));
    expect(two).toBe(one);
    expect(other).not.toBe(one);
  });

  it.each(['../run.sh', '/etc/cron.d/x', 'a\\..\\b', ''])('is refused with a file named %j', async (path) => {
    const { files, left } = await setup();
    const upload = await files.inputs.receive({ digest: false });
    await expect(upload.addFile(path, bytes('x'))).rejects.toMatchObject({ code: 'bundle_refused' });
    await upload.drop();
    expect(await left()).toEqual([]);
  });

  it('is refused when it is too large, and counted as it comes', async () => {
    const { files } = await setup();
    const upload = await files.inputs.receive({ digest: false });
    const endless = async function* () {
      for (;;) yield Buffer.alloc(65_536);
    };
    await expect(upload.addFile('run.sh', endless())).rejects.toMatchObject({ code: 'body_too_large' });
    await upload.drop();
  });

  it('that breaks off leaves nothing', async () => {
    const { files, left } = await setup();
    const upload = await files.inputs.receive({ digest: false });
    const broken = async function* () {
      yield Buffer.from('echo');
      throw new Error('the client is gone');
    };
    await expect(upload.addFile('run.sh', broken())).rejects.toThrow('the client is gone');
    await upload.drop();
    expect(await left()).toEqual([]);
  });

  it.each([
    ['nothing', [], /empty/],
    ['no script', [['a.txt', 'x']], /missing/],
    ['a script one folder down', [['job/run.sh', 'x']], /top of the bundle and not at job\/run.sh/],
    ['an empty script', [['run.sh', '\n']], /empty/],
    ['a script from Windows', [['run.sh', 'echo hi\r\nexit 0\r\n']], /CRLF/],
    ['a script with a byte order mark', [['run.sh', '\ufeffecho hi\n']], /byte order mark/],
    ['a program instead of a script', [['run.sh', '\x7fELF\0\0']], /NUL/],
  ] as const)('with %s cannot be run, and says so', async (_what, entries, why) => {
    const { files } = await setup();
    const upload = await files.inputs.receive({ digest: false });
    for (const [path, content] of entries) await upload.addFile(path, bytes(content));
    await expect(upload.check()).rejects.toMatchObject({ code: 'bundle_refused', message: expect.stringMatching(why) });
    await upload.drop();
  });
});

describe('a zip', () => {
  const attack = (...entries: ArchiveEntry[]) => unpacked('zip', zipOf([run, ...entries]));

  it('is unpacked, stored or deflated, with folders and the right to be executed', async () => {
    const tool = { name: './bin/tool', content: '#!/bin/sh\n', mode: 0o100755 };
    const found = await attack({ name: 'bin/', mode: 0o040755 }, tool, { name: 'd/x', content: 'x'.repeat(500), deflate: true });
    expect(found.files).toEqual({ 'run.sh': run.content, 'bin/tool': '#!/bin/sh\n', 'd/x': 'x'.repeat(500) });
    expect((await stat(join(found.root ?? '', 'bin/tool'))).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['a path that leads out', { name: '../../evil' }],
    ['an absolute path', { name: '/etc/evil' }],
    ['a backslash', { name: '..\\evil' }],
    ['a drive', { name: 'C:/evil' }],
    ['a NUL', { name: 'a\0b' }],
    ['the same name again', { name: 'run.sh', content: 'echo other' }],
    ['a name that differs in case', { name: 'RUN.SH' }],
    ['a file below a file', { name: 'run.sh/x' }],
    ['a symbolic link', { name: 'link', content: '/etc/passwd', mode: 0o120777 }],
    ['a device', { name: 'null', mode: 0o020666 }],
    ['a FIFO', { name: 'fifo', mode: 0o010644 }],
    ['a size that is a lie', { name: 'a', content: 'x'.repeat(1_000), saysBytes: 10, deflate: true }],
    ['a checksum that is wrong', { name: 'a', content: 'x', saysCrc: 7 }],
  ] as const)('is refused with %s', async (_what, entry) => {
    expect(await attack(entry)).toMatchObject({ refusal: 'bundle_refused' });
  });

  it('never gets a setuid bit through', async () => {
    const { root } = await attack({ name: 'tool', mode: 0o104755 });
    expect((await stat(join(root ?? '', 'tool'))).mode & 0o7777).toBe(0o700);
  });

  it('that is a bomb is refused while it unpacks', async () => {
    const bomb = { name: 'bomb', content: Buffer.alloc(5_000_000), deflate: true };
    expect(await attack(bomb)).toMatchObject({ refusal: 'body_too_large' });
  });

  it('with 50,000 entries is refused before the first is unpacked', async () => {
    const many = Array.from({ length: 50_000 }, (_, i) => ({ name: `f${i}` }));
    const limits = { ...bundleLimits, uploadBytes: 50_000_000 };
    expect(await unpacked('zip', zipOf(many), limits)).toMatchObject({ refusal: 'bundle_refused', says: expect.stringContaining('50000') });
  });

  it.each([
    ['cut half way', zipOf([run]).subarray(0, 60)],
    ['no zip at all', Buffer.from('hello')],
    ['empty', Buffer.alloc(0)],
  ])('that is %s is refused', async (_what, archive) => {
    expect(await unpacked('zip', archive)).toMatchObject({ refusal: 'bundle_refused' });
  });

  it('larger than an upload may be is refused', async () => {
    expect(await attack({ name: 'a', content: Buffer.alloc(300_000, 'x') })).toMatchObject({ refusal: 'body_too_large' });
  });
});

describe('a tar.gz', () => {
  const attack = (...entries: TarEntry[]) => unpacked('tar.gz', tarOf([run, ...entries]));

  it('is unpacked when the last of its files is written, and that need not be the last in it', async () => {
    const at = join(folderOfTest(), 'a.tar.gz');
    await writeFile(at, tarOf([run, { name: 'last', content: 'x' }]));
    const written: string[] = [];
    let late = () => {};
    const isLate = new Promise<void>((resolve) => {
      late = resolve;
    });
    const folder: FreshFolder = {
      ...{ files: [], bytes: 0 },
      async write(path, content) {
        await textOf(content);
        if (path === 'run.sh') await isLate;
        written.push(path);
      },
    };
    const unpacking = unpackTar(at, folder).then(() => written.push('all'));
    await until(() => written.includes('last'));
    for (let turns = 0; turns < 100; turns++) await turn();
    late();
    await unpacking;
    expect(written).toEqual(['last', 'run.sh', 'all']);
  });

  it('is unpacked as `tar -C folder -czf` packs it', async () => {
    const entries = [
      { name: './', type: '5' },
      { ...run, name: './run.sh', mode: 0o755 },
      { name: './d/x', content: 'x'.repeat(70_000) },
    ];
    const { files, root } = await unpacked('tar.gz', tarOf(entries));
    expect(files).toEqual({ 'run.sh': run.content, 'd/x': 'x'.repeat(70_000) });
    expect((await stat(join(root ?? '', 'run.sh'))).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['a path that leads out', { name: '../evil' }],
    ['an absolute path', { name: '/etc/evil' }],
    ['the same name again', run],
    ['a symbolic link', { name: 'link', type: '2', link: '/etc/passwd' }],
    ['a hard link', { name: 'link', type: '1', link: 'run.sh' }],
    ['a device', { name: 'null', type: '3' }],
    ['a FIFO', { name: 'fifo', type: '6' }],
    ['a kind nobody knows', { name: 'what', type: 'Q' }],
  ] as const)('is refused with %s', async (_what, entry) => {
    expect(await attack(entry)).toMatchObject({ refusal: 'bundle_refused' });
  });

  it('that is a bomb is refused while it unpacks', async () => {
    expect(await attack({ name: 'bomb', content: Buffer.alloc(5_000_000) })).toMatchObject({ refusal: 'body_too_large' });
  });

  it('with more files than a bundle may have is refused', async () => {
    const many = Array.from({ length: 30 }, (_, i) => ({ name: `f${i}` }));
    expect(await attack(...many)).toMatchObject({ refusal: 'bundle_refused', says: expect.stringContaining('20 files') });
  });

  it.each([
    ['cut half way', tarOf([run, { name: 'a', content: 'x'.repeat(5_000) }]).subarray(0, 80)],
    ['a tar that was cut before it was packed', gzipSync(Buffer.alloc(700, 'x'))],
    ['a size that is a lie', tarOf([run, { name: 'a', content: 'x', saysBytes: 900_000 }])],
    ['not packed', Buffer.from('hello, this is no archive')],
  ])('that is %s is refused', async (_what, archive) => {
    expect(await unpacked('tar.gz', archive)).toMatchObject({ refusal: 'bundle_refused' });
  });
});
