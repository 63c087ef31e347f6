import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isOverLimits } from '../../../src/core/executors/bundle/folder-usage.ts';
import { folderOfTest } from '../../helpers/files.ts';

const limits = { bytes: 100, files: 3, names: 5, depth: 4 };

describe('what a job has in its folder', () => {
  it('may reach every limit', async () => {
    const root = folderOfTest();
    await mkdir(join(root, 'a/b/c'), { recursive: true });
    await writeFile(join(root, 'a/b/c/x'), 'x'.repeat(60));
    await writeFile(join(root, 'y'), 'x'.repeat(40));
    expect(await isOverLimits(root, limits)).toBe(false);
  });

  it.each<[string, (root: string) => Promise<unknown>]>([
    ['bytes', (root) => writeFile(join(root, 'x'), 'x'.repeat(101))],
    ['bytes under a name that is no text', (root) => writeFile(Buffer.concat([Buffer.from(`${root}/`), Buffer.of(0xff)]), 'x'.repeat(101))],
    ['files', (root) => Promise.all([1, 2, 3, 4].map((n) => writeFile(join(root, `${n}`), '')))],
    ['folders', (root) => Promise.all([1, 2, 3, 4, 5, 6].map((n) => mkdir(join(root, `${n}`))))],
    ['links', (root) => Promise.all([1, 2, 3, 4, 5, 6].map((n) => symlink('/', join(root, `${n}`))))],
    ['folders within folders', (root) => mkdir(join(root, 'a/b/c/d'), { recursive: true })],
  ])('is over them with too many %s', async (_what, fill) => {
    const root = folderOfTest();
    await fill(root);
    expect(await isOverLimits(root, limits)).toBe(true);
  });

  it('counts nothing that a link leads to, and nothing when the folder is gone', async () => {
    const root = folderOfTest();
    await symlink('/usr', join(root, 'usr'));
    expect(await isOverLimits(root, limits)).toBe(false);
    expect(await isOverLimits(join(root, 'gone'), limits)).toBe(false);
  });
});
