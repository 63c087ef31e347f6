import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { entryScript } from '../core/domain/bundle.ts';
import { refusal } from './refuse.ts';

/** Scripts are looked at so far; nobody writes a longer one with line ends of two kinds. */
const lookedAtBytes = 1_048_576;

/**
 * Says before it waits in a queue what would make a bundle fail at once.
 * @param paths of all its files
 * @throws TaskRouterError `bundle_refused`
 */
export async function checkBundle(root: string, paths: readonly string[]): Promise<void> {
  if (!paths.includes(entryScript)) throw refusal(entryScript, missing(paths));
  const file = await open(join(root, entryScript));
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(lookedAtBytes), 0, lookedAtBytes, 0);
    const problem = scriptProblem(buffer.subarray(0, bytesRead));
    if (problem !== undefined) throw refusal(entryScript, problem);
  } finally {
    await file.close();
  }
}

function missing(paths: readonly string[]): string {
  if (paths.length === 0) return 'the bundle is empty; it needs a run.sh at its top';
  const deeper = paths.find((path) => path.endsWith(`/${entryScript}`));
  return deeper === undefined
    ? 'it is missing; a bundle is run by the run.sh at its top'
    : `it must lie at the top of the bundle and not at ${deeper}: pack what is in the folder, not the folder`;
}

function scriptProblem(script: Buffer): string | undefined {
  if (script.toString('latin1').trim() === '') return 'it is empty';
  if (script.includes('\r\n')) return 'its lines end as on Windows (CRLF), which no shell understands; save it with LF';
  if (script[0] === 0xef && script[1] === 0xbb && script[2] === 0xbf) return 'it begins with a byte order mark; save it as UTF-8 without';
  if (script.includes(0)) return 'it is no text: it has NUL bytes';
  return undefined;
}
