import { mkdtempSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Bytes } from '../../src/core/ports/bundle-files.ts';

/** A folder that is gone after the test. @param over `afterAll` for one that many tests share */
export function folderOfTest(over: (remove: () => Promise<void>) => void = onTestFinished): string {
  const path = mkdtempSync(join(tmpdir(), 'trx-files-'));
  over(() => rm(path, { recursive: true, force: true }));
  return path;
}

export async function* bytes(...chunks: readonly (string | Buffer)[]): Bytes {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

/** Paths of all files below, sorted; folders end in a slash. */
export async function listing(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  return entries.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1) + (entry.isDirectory() ? '/' : '')).sort();
}

export async function contents(root: string): Promise<Record<string, string>> {
  const files = (await listing(root)).filter((path) => !path.endsWith('/'));
  return Object.fromEntries(await Promise.all(files.map(async (path) => [path, await readFile(join(root, path), 'utf8')] as const)));
}

/** All that can be read, as text. */
export async function textOf(content: Bytes | undefined): Promise<string | undefined> {
  if (content === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
