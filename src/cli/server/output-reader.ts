import { type OutputStream, outputStreams } from '../../core/ports/task-files.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import type { Client } from './client.ts';

const mostTries = 4;

/** Prints what a task has printed, each byte once. */
export interface OutputReader {
  /** All there is by now of an attempt. @throws CliError `notFound`, `conflict` where the task has printed nothing yet, or never will */
  read(attempt: number | undefined): Promise<void>;
}

/**
 * Reads both streams from where it stands, whoever tells it that there is more: so it loses nothing and repeats nothing over cuts, whatever
 * the bytes are.
 */
export function createOutputReader(
  client: Client,
  { id, part }: { readonly id: string; readonly part: number | undefined },
  print: Readonly<Partial<Record<OutputStream, (text: string) => void>>>,
): OutputReader {
  let current: number | undefined;
  let places = begin();

  function begin() {
    return { stdout: { offset: 0, decoder: new TextDecoder() }, stderr: { offset: 0, decoder: new TextDecoder() } };
  }

  async function readStream(stream: OutputStream, attempt: number | undefined, write: (text: string) => void): Promise<void> {
    const place = places[stream];
    const { body } = await client.stream(`/tasks/${id}/output`, {
      query: { stream, offset: place.offset, attempt, part },
      isRepeatable: true,
    });
    if (body === null) return;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      place.offset += chunk.length;
      const text = place.decoder.decode(chunk, { stream: true });
      if (text !== '') write(text);
    }
  }

  /** A connection that is cut while it brings bytes has brought some: the next one goes on behind them. */
  async function readOn(stream: OutputStream, attempt: number | undefined, write: (text: string) => void): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await readStream(stream, attempt, write);
      } catch (error) {
        if (error instanceof CliError || tries === mostTries) throw error;
      }
    }
  }

  return {
    async read(attempt) {
      if (attempt !== current) [current, places] = [attempt, begin()];
      for (const stream of outputStreams) {
        const write = print[stream];
        if (write !== undefined) await readOn(stream, attempt, write);
      }
    },
  };
}

/** There is nothing to read: it has not run yet, or what it printed is kept no more. */
export function isNothingThere(error: unknown): boolean {
  return error instanceof CliError && (error.exitCode === exitCodes.notFound || error.exitCode === exitCodes.conflict);
}
