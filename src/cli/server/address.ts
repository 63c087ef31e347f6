import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../cli-error.ts';
import type { CliIo } from '../io.ts';

const usual = 'http://127.0.0.1:8000';

/** Where the server is: the flag, `TRX_SERVER`, what the data folder says of the server that runs there, else port 8000 of this machine. */
export function serverAddress(flag: string | undefined, { env, err }: Pick<CliIo, 'env' | 'err'>): URL {
  const text = flag ?? env['TRX_SERVER'] ?? runningServer(env['TRX_DATA_DIR'] ?? 'data')?.url ?? usual;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw usageError(`"${text}" is no address of a server. Give --server or TRX_SERVER one such as ${usual}.`);
  }
  if (isPlainElsewhere(url)) err(`note: ${url.host} is asked over http, which anybody on the way can read.\n`);
  return url;
}

/**
 * The same for what runs what it is sent: over http anybody on the way could send it work, so another machine is asked that way only where
 * that was said.
 */
export function trustedAddress(flag: string | undefined, io: Pick<CliIo, 'env' | 'err'>, mayBePlain: boolean): URL {
  const url = serverAddress(flag, io);
  if (mayBePlain || !isPlainElsewhere(url)) return url;
  throw usageError(
    `${url.host} is another machine, and over http anybody on the way can read the key and send work to this one. Use https, or say --allow-http where the network between them is yours alone.`,
  );
}

/** What a data folder says of the server that runs there, or ran. */
export function runningServer(dataDir: string): { readonly url: string; readonly pid: unknown } | undefined {
  try {
    const { url, pid } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as { readonly url?: unknown; readonly pid?: unknown };
    return typeof url === 'string' ? { url, pid } : undefined;
  } catch {
    return undefined; // No file, or half a file: nobody runs here.
  }
}

function isPlainElsewhere({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !isLoopback(hostname);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
