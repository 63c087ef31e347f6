import { CliError, exitCodes } from '../cli-error.ts';
import type { CliIo } from '../io.ts';
import type { Ask, Client } from './client.ts';

/** One committed change, as `/events` tells it. */
export interface ServerEvent {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly task_id: string;
  readonly status: string | null;
  readonly pool: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A line of the stream: an event, or one of those that only say where the stream stands, or what was printed. */
export type StreamLine = Partial<ServerEvent> & { readonly data?: unknown };

interface Following {
  /** Number of the last event that is known already; only new ones when left out. */
  readonly since?: number;
  readonly task?: string;
}

const firstPauseMs = 500;
const longestPauseMs = 10_000;

/**
 * Events as they are committed, without a gap and without a repetition: after a cut it goes on behind the last one.
 * @throws CliError when the server refuses, or does not answer at the first try
 */
export async function* followEvents(
  client: Client,
  io: Pick<CliIo, 'sleep' | 'err'>,
  { since, task }: Following,
): AsyncGenerator<ServerEvent> {
  let last = since;
  for await (const line of followStream(client, io, () => ({ since: last, task }))) {
    if (line.seq === undefined) continue;
    last = line.seq;
    if (line.task_id !== undefined) yield line as ServerEvent;
  }
}

/**
 * Every line of `/events`, over cuts.
 * @param query asked anew for each connection: where to go on
 */
export async function* followStream(
  client: Client,
  io: Pick<CliIo, 'sleep' | 'err'>,
  query: () => NonNullable<Ask['query']>,
): AsyncGenerator<StreamLine> {
  let pauseMs = firstPauseMs;
  let isFirst = true;
  for (;;) {
    const gone = new AbortController(); // whoever stops listening hangs up
    try {
      const response = await client.stream('/events', {
        signal: gone.signal,
        query: query(),
        headers: { accept: 'application/x-ndjson' },
      });
      isFirst = false;
      for await (const line of linesOf(response)) {
        const parsed = JSON.parse(line) as StreamLine;
        if (parsed.seq !== undefined) pauseMs = firstPauseMs;
        yield parsed;
      }
    } catch (error) {
      const isCut = !(error instanceof CliError) || error.exitCode === exitCodes.unreachable || error.exitCode === exitCodes.limited;
      if (isFirst || !isCut) throw error;
    } finally {
      gone.abort();
    }
    io.err('The connection was cut; trying again.\n');
    await io.sleep(pauseMs);
    pauseMs = Math.min(longestPauseMs, 2 * pauseMs);
  }
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
}
