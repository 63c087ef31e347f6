import { CliError, exitCodes } from '../cli-error.ts';
import type { CliIo } from '../io.ts';
import type { Client } from './client.ts';

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
  let pauseMs = firstPauseMs;
  for (let isFirst = true; ; isFirst = false) {
    const gone = new AbortController(); // whoever stops listening hangs up
    try {
      const response = await client.stream('/events', {
        signal: gone.signal,
        query: { since: last, task },
        headers: { accept: 'application/x-ndjson' },
      });
      for await (const line of linesOf(response)) {
        const event = JSON.parse(line) as Partial<ServerEvent>;
        if (event.seq === undefined) continue;
        pauseMs = firstPauseMs;
        last = event.seq;
        if (event.task_id !== undefined) yield event as ServerEvent;
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
