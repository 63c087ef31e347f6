import { readFileSync } from 'node:fs';
import { usageError } from '../cli-error.ts';
import type { CliIo } from '../io.ts';

/** The key for servers that want one: `TRX_API_KEY`, else what the file named by `TRX_API_KEY_FILE` holds. */
export function apiKey({ env }: Pick<CliIo, 'env'>): string | undefined {
  const { TRX_API_KEY: key, TRX_API_KEY_FILE: file } = env;
  const text = key || (file ? readKey(file) : '');
  if (text === '') return undefined;
  if (!/^[!-~]{1,200}$/.test(text.trim())) throw usageError('TRX_API_KEY is no key: it has other characters than a key has.');
  return text.trim();
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError(`TRX_API_KEY_FILE cannot be read: ${(error as Error).message}.`);
  }
}

/** A `fetch` that sends the key along. */
export function fetchWithKey(io: Pick<CliIo, 'env' | 'fetch'>): typeof fetch {
  const key = apiKey(io);
  if (key === undefined) return io.fetch;
  return (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${key}`);
    return io.fetch(input, { ...init, headers });
  };
}
