import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the server of a data folder can be reached, for the next one that is started there. A note, not a lock: it may be stale. */
export interface RunFile {
  readonly pid: number;
  readonly url: string;
}

const answerMs = 2_000;
const pathOf = (dataDir: string) => join(dataDir, 'run.json');

export async function writeRunFile(dataDir: string, run: RunFile): Promise<void> {
  const temporary = `${pathOf(dataDir)}.${run.pid}`;
  await writeFile(temporary, `${JSON.stringify(run)}\n`, { mode: 0o600 });
  await rename(temporary, pathOf(dataDir));
}

export async function removeRunFile(dataDir: string): Promise<void> {
  await rm(pathOf(dataDir), { force: true });
}

/** The server that a run file speaks of, if it answers. Asked only where the lock is held, so something runs there. */
export async function findRunning(dataDir: string): Promise<RunFile | undefined> {
  try {
    const run = JSON.parse(await readFile(pathOf(dataDir), 'utf8')) as RunFile;
    const answer = await fetch(new URL('/health/live', run.url), { signal: AbortSignal.timeout(answerMs) });
    const { status } = (await answer.json()) as { status?: unknown };
    return status === 'live' ? run : undefined;
  } catch {
    return undefined; // No file, half a file, nobody there, or somebody else.
  }
}
