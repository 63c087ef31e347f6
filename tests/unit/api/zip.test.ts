import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { zipOf } from '../../../src/api/zip.ts';
import type { AttemptRemains } from '../../../src/core/ports/task-files.ts';
import { bytes, textOf } from '../../helpers/files.ts';

/** What an attempt left; a file without text is gone when it is read. */
function remainsOf(files: Readonly<Record<string, string | undefined>>): AttemptRemains {
  const listed = Object.entries(files).map(([path, text = '']) => ({ path, bytes: Buffer.byteLength(text) }));
  return {
    ...{ attempt: 1, part: 0, isPartial: true, remains: { files: listed, skipped: [], stdoutBytes: 0, stderrBytes: 0 } },
    async open(path) {
      const text = files[path];
      return text === undefined ? undefined : { bytes: Buffer.byteLength(text), read: () => bytes(text) };
    },
    output: async () => ({ bytes: 0, read: () => bytes() }),
  };
}

async function read(zip: AsyncIterable<Uint8Array>) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of zip) chunks.push(chunk);
  const opened = await fromBufferPromise(Buffer.concat(chunks), { lazyEntries: true });
  const found: Record<string, string | undefined> = {};
  for await (const entry of opened.eachEntry()) {
    const text = await textOf(await opened.openReadStreamPromise(entry));
    expect(entry.crc32).toBe(crc32(text ?? ''));
    expect(entry.externalFileAttributes >>> 16).toBe(0o100644);
    found[entry.fileName] = text;
  }
  return { found, pieces: chunks.length, buffer: Buffer.concat(chunks) };
}

describe('a zip', () => {
  const files = { 'd/Grüße.txt': 'hello\n', empty: '', long: 'x'.repeat(200_000) };

  it('holds every file as it is, with its checksum', async () => {
    expect((await read(zipOf(remainsOf(files)))).found).toEqual(files);
    expect((await read(zipOf(remainsOf({})))).found).toEqual({});
  });

  it('is the same when it is made again', async () => {
    const [one, two] = await Promise.all([read(zipOf(remainsOf(files))), read(zipOf(remainsOf(files)))]);
    expect(one.buffer.equals(two.buffer)).toBe(true);
  });

  it('has an empty file in the place of one that is gone', async () => {
    expect((await read(zipOf(remainsOf({ a: '1', gone: undefined })))).found).toEqual({ a: '1', gone: '' });
  });

  it('of many small files goes in few pieces', async () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}`, 'x']));
    const { found, pieces } = await read(zipOf(remainsOf(many)));
    expect(found).toEqual(many);
    expect(pieces).toBeLessThan(5);
  });

  it.each([
    ['large files', { bytes: 6, entries: 99 }],
    ['many files', { bytes: 0xffff_ffff, entries: 2 }],
    ['a directory far behind', { bytes: 200_001, entries: 99 }],
  ])('of %s has its numbers in 64 bits', async (_what, limits) => {
    const { found, buffer } = await read(zipOf(remainsOf(files), limits));
    expect(found).toEqual(files);
    expect(buffer.includes(Buffer.from([0x50, 0x4b, 0x06, 0x06]))).toBe(true);
  });

  it('ends in an error when a file does', async () => {
    const broken: AttemptRemains = {
      ...remainsOf({ a: '1' }),
      open: async () => ({
        bytes: 1,
        async *read() {
          yield Buffer.from('1');
          throw new Error('the file became shorter');
        },
      }),
    };
    await expect(read(zipOf(broken))).rejects.toThrow('shorter');
  });
});
