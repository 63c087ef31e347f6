import { setTimeout as delay } from 'node:timers/promises';
import { CliError, exitCodes } from '../cli-error.ts';
import type { CliIo } from '../io.ts';
import { serverAddress } from './address.ts';
import { fetchWithKey } from './api-key.ts';
import { problemError } from './problem.ts';

export interface Ask {
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly body?: unknown;
  /** Instead of a body: something larger, made anew for each try. */
  readonly form?: { readonly contentType: string; readonly chunks: () => AsyncIterable<Uint8Array> };
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** The request may be sent again without doing anything twice: it is, when the server is busy or cannot be reached. */
  readonly isRepeatable?: boolean;
}

/** One server. Everything it refuses is a `CliError` with the exit code that says how. */
export interface Client {
  /** Where a person finds a thing. */
  page(path: string): string;
  /** @returns the body of the answer as JSON; `undefined` without one */
  ask<Answer>(method: string, path: string, ask?: Ask): Promise<Answer>;
  /** An answer that is read as it comes. */
  stream(path: string, ask?: Ask): Promise<Response>;
}

/** Waits between tries, in ms; `Retry-After` overrules them. */
const pauses = [250, 1_000, 3_000];
const longestPauseMs = 30_000;
const busy = new Set([429, 503]);

export function createClient(
  server: string | undefined,
  io: Pick<CliIo, 'env' | 'err' | 'fetch'>,
  sleep: (ms: number) => Promise<unknown> = delay,
): Client {
  const base = serverAddress(server, io);
  const fetch = fetchWithKey(io);

  async function send(
    method: string,
    path: string,
    { query = {}, body, form, headers = {}, signal, isRepeatable = false }: Ask,
  ): Promise<Response> {
    const url = new URL(`/api/v1${path}`, base);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    const sent = {
      method,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    };
    const ask = () => fetch(url, form === undefined ? sent : withForm(sent, form));
    for (const pause of isRepeatable ? pauses : []) {
      const response = await ask().catch(() => undefined);
      if (response !== undefined && !busy.has(response.status)) return response;
      await sleep(pauseOf(response) ?? pause);
    }
    return ask().catch((error: unknown) => {
      throw new CliError(
        exitCodes.unreachable,
        `no answer from ${base.origin}: ${reasonOf(error)}. Is it running? Start it with ./start.sh, or name it with --server.`,
      );
    });
  }

  async function accepted(method: string, path: string, ask: Ask): Promise<Response> {
    const response = await send(method, path, ask);
    if (response.ok) return response;
    throw problemError(response.status, await response.text());
  }

  return {
    page: (path) => new URL(path, base).href,
    async ask<Answer>(method: string, path: string, ask: Ask = {}) {
      const text = await (await accepted(method, path, ask)).text();
      return (text === '' ? undefined : JSON.parse(text)) as Answer;
    },
    stream: (path, ask = {}) => accepted('GET', path, ask),
  };
}

function withForm<Sent extends { readonly headers: object }>(sent: Sent, { contentType, chunks }: NonNullable<Ask['form']>) {
  const body = ReadableStream.from(chunks());
  return { ...sent, headers: { ...sent.headers, 'content-type': contentType }, body, duplex: 'half' as const };
}

function pauseOf(response: Response | undefined): number | undefined {
  const seconds = Number(response?.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(longestPauseMs, seconds * 1_000) : undefined;
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as { readonly cause?: { readonly code?: string; readonly message?: string }; readonly message: string };
  return cause?.code ?? cause?.message ?? message;
}
