import type { BatchItemResultBody } from '../../api/schemas/batch.ts';
import { CliError, exitCodes, usageError } from '../cli-error.ts';
import type { CliIo } from '../io.ts';
import type { Client } from '../server/client.ts';
import { problemText } from '../server/problem.ts';

/** Tasks in one request. */
const batchSize = 1_000;

interface Line {
  readonly number: number;
  readonly task: Readonly<Record<string, unknown>>;
}

/**
 * One task a line, sent in batches. The ids of those that were accepted come out in the order of their lines; a line that is refused is
 * said, and keeps no other from being accepted. Every task has a key of its own, so that a batch is sent again when its answer is lost.
 * @throws CliError when a line was refused, after all others were sent
 */
export async function submitLines(client: Client, io: Pick<CliIo, 'lines' | 'out' | 'err'>): Promise<void> {
  const run = crypto.randomUUID();
  let batch: Line[] = [];
  let number = 0;
  let accepted = 0;
  const refused: BatchItemResultBody[] = [];

  const send = async () => {
    const lines = batch;
    batch = [];
    const body = lines.map(({ number, task }) => ({ idempotency_key: `${run}-${number}`, ...task }));
    const { results } = await client.ask<{ readonly results: readonly BatchItemResultBody[] }>('POST', '/tasks/batch', {
      body,
      isRepeatable: true,
    });
    for (const result of results) {
      if (result.error === undefined) {
        accepted++;
        io.out(`${result.id}\n`);
      } else {
        refused.push(result);
        io.err(`line ${lines[result.index]?.number}: ${problemText(result.error)}\n`);
      }
    }
  };

  for await (const text of io.lines()) {
    number++;
    if (text.trim() === '') continue;
    batch.push({ number, task: parse(text, number, accepted) });
    if (batch.length === batchSize) await send();
  }
  if (batch.length > 0) await send();
  io.err(`${accepted} tasks accepted, ${refused.length} refused.\n`);
  if (refused.length > 0) {
    const isLimit = refused.some(({ status }) => status === 429);
    throw new CliError(
      isLimit ? exitCodes.limited : exitCodes.usage,
      `${refused.length} of ${accepted + refused.length} lines were refused`,
    );
  }
}

function parse(text: string, number: number, accepted: number): Line['task'] {
  try {
    const task: unknown = JSON.parse(text);
    if (task !== null && typeof task === 'object' && !Array.isArray(task)) return task as Line['task'];
  } catch {
    // Said below.
  }
  throw usageError(`line ${number} is no JSON object; ${accepted} tasks of the lines before it were accepted`);
}
