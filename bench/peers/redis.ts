import { spawnSync } from 'node:child_process';
import { freePort, type Program, programPath, startProgram } from '../lib/processes.ts';

/** Why there is no Redis to measure against, or `undefined`. */
export function redisMissing(): string | undefined {
  return programPath('redis-server') === undefined ? 'redis-server is not installed (apt-get install redis-server)' : undefined;
}

export interface Redis extends Program {
  readonly port: number;
}

/** A Redis of our own in `folder`: append-only file, synced every second, as its documentation recommends for queues. */
export async function startRedis(folder: string): Promise<Redis> {
  const port = await freePort();
  const args = ['--port', `${port}`, '--dir', folder, '--bind', '127.0.0.1', '--appendonly', 'yes', '--appendfsync', 'everysec'];
  const quiet = ['--save', '', '--maxmemory-policy', 'noeviction', '--loglevel', 'warning'];
  const answers = async () => spawnSync('redis-cli', ['-p', `${port}`, 'ping'], { encoding: 'utf8' }).stdout?.trim() === 'PONG';
  return { ...(await startProgram('redis-server', [...args, ...quiet], {}, answers)), port };
}
