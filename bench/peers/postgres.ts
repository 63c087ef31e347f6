import { spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type Program, programPath, startProgram } from '../lib/processes.ts';

/** Where Debian keeps the server's programs, which are not on the PATH. */
const folders = [18, 17, 16, 15, 14, 13].map((version) => `/usr/lib/postgresql/${version}/bin`);

/** Why there is no PostgreSQL to measure against, or `undefined`. */
export function postgresMissing(): string | undefined {
  if (programPath('initdb', folders) === undefined) return 'PostgreSQL is not installed (apt-get install postgresql)';
  if (process.getuid?.() === 0 && owner() === undefined) return 'PostgreSQL does not run as root, and there is no user postgres or nobody';
  return undefined;
}

export interface Postgres extends Program {
  readonly url: string;
}

/** A cluster of our own in `folder` with the settings of the package: `fsync` and `synchronous_commit` are on. */
export async function startPostgres(folder: string): Promise<Postgres> {
  const port = await freePort();
  const data = join(folder, 'data');
  const as = process.getuid?.() === 0 ? owner() : undefined;
  if (as !== undefined) chownSync(folder, as.uid, as.gid);
  const options = { ...as, cwd: folder };
  const made = spawnSync(programPath('initdb', folders) ?? '', ['-D', data, '-U', 'bench', '--auth', 'trust', '-E', 'UTF8'], options);
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);

  const args = ['-D', data, '-p', `${port}`, '-h', '127.0.0.1', '-k', folder];
  const url = `postgres://bench@127.0.0.1:${port}/postgres`;
  const answers = async () => spawnSync('pg_isready', ['-h', '127.0.0.1', '-p', `${port}`]).status === 0;
  const program = await startProgram(programPath('postgres', folders) ?? '', args, options, answers);
  // SIGINT is its fast shutdown: it does not wait for clients.
  return { ...program, url, stop: () => program.stop('SIGINT') };
}

/** PostgreSQL refuses to run as root. */
function owner(): { readonly uid: number; readonly gid: number } | undefined {
  for (const user of ['postgres', 'nobody']) {
    const uid = spawnSync('id', ['-u', user], { encoding: 'utf8' });
    const gid = spawnSync('id', ['-g', user], { encoding: 'utf8' });
    if (uid.status === 0 && gid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  return undefined;
}
