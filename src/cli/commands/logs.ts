import type { Command } from 'commander';
import type { TaskBody } from '../../api/schemas/task.ts';
import { isTerminal, type TaskStatus } from '../../core/domain/task-status.ts';
import { CliError, usageError } from '../cli-error.ts';
import type { CliIo } from '../io.ts';
import { printableLines } from '../output/printable.ts';
import { createEscapeFilter } from '../output/without-escapes.ts';
import type { Client } from '../server/client.ts';
import { followStream } from '../server/event-lines.ts';
import { createOutputReader, isNothingThere, type OutputReader } from '../server/output-reader.ts';
import { checkEnd, taskOf } from '../server/tasks.ts';
import type { CliCommand } from './command.ts';
import { clientFor, type ServerFlags } from './server-command.ts';

interface LogsFlags extends ServerFlags {
  readonly follow?: boolean;
  readonly attempt?: number;
  readonly part?: number;
  readonly stream?: 'stdout' | 'stderr';
  readonly raw?: boolean;
}

const examples = `
Examples:
  $ trx logs 4711                what a bundle has printed: its standard output to standard output, its errors to standard error
  $ trx logs -f 4711 > out.txt   until it ends, over restarts of the server and of the task

Exit code with -f: that of run.sh. 8 when it was cancelled, ran out of time or was lost. Without -f: 0.
On a terminal control characters are shown by their codes. Elsewhere, and under NO_COLOR, what colours text or moves a cursor is left out;
--raw prints every byte as it was printed.
`;

/** `trx logs`: what run.sh prints. */
export const logs: CliCommand = {
  addTo(program: Command, io) {
    program
      .command('logs')
      .argument('<task>', 'id or number')
      .summary('print what a bundle printed')
      .description('Prints standard output and standard error of a bundle, the first MiB of each; with -f as it is printed.')
      .option('-f, --follow', 'go on until the task ends')
      .option('--attempt <n>', 'of this attempt instead of the latest', attemptOf)
      .option('--part <n>', 'of a task of several parts: this one instead of part 0', partOf)
      .option('--stream <name>', 'stdout or stderr alone', streamOf)
      .option('--raw', 'every byte as it was printed')
      .option('--server <url>', 'the server; else TRX_SERVER, else the one that runs on the data folder here, else http://127.0.0.1:8000')
      .addHelpText('after', examples)
      .action(async (name: string, flags: LogsFlags) => {
        if (flags.follow === true && flags.attempt !== undefined) throw usageError('--attempt is over or runs already: leave --follow out');
        const client = clientFor(flags, io);
        const task = await taskOf(client, name);
        const reader = createOutputReader(client, { id: task.id, part: flags.part }, printers(io, flags));
        if (flags.follow === true) await follow(client, io, { task, part: flags.part }, reader);
        else await reader.read(flags.attempt);
      });
  },
};

function printers({ out, err, outIsTerminal, errIsTerminal, env }: CliIo, { stream, raw = false }: LogsFlags) {
  const isPlain = (env['NO_COLOR'] ?? '') !== '';
  const shown = (isTerminal: boolean, write: (text: string) => void) => {
    if (raw) return write;
    const filter = isTerminal && !isPlain ? (text: string) => text : createEscapeFilter();
    return (text: string) => write(isTerminal ? printableLines(filter(text)) : filter(text));
  };
  return {
    ...(stream === 'stderr' ? {} : { stdout: shown(outIsTerminal, out) }),
    ...(stream === 'stdout' ? {} : { stderr: shown(errIsTerminal, err) }),
  };
}

/** @throws CliError with the exit code of run.sh, unless that is 0 */
async function follow(
  client: Client,
  io: CliIo,
  { task, part }: { readonly task: TaskBody; readonly part: number | undefined },
  reader: OutputReader,
): Promise<void> {
  let attempt = task.attempt;
  const readAll = () => reader.read(attempt).catch(unlessNothing);
  if (!isTerminal(task.status)) {
    for await (const line of followStream(client, io, () => ({ since: 0, task: task.id, output: 1, part }))) {
      const { attempt: named } = (line.type === 'output' ? line.data : line) as { readonly attempt?: number | null };
      if (typeof named === 'number' && named > attempt) {
        await readAll(); // of the one before
        if (attempt > 0) io.err(`attempt ${named}\n`);
        attempt = named;
      }
      if (line.type === 'output') await readAll();
      if (typeof line.status === 'string' && isTerminal(line.status as TaskStatus)) break;
    }
  }
  const ended = await taskOf(client, task.id);
  attempt = ended.attempt;
  await readAll();
  endAs(ended);
}

function unlessNothing(error: unknown): void {
  if (!isNothingThere(error)) throw error;
}

function endAs(task: TaskBody): void {
  const status = task.error?.code === 'exit_status' ? /exit status (\d{1,3})/.exec(task.error.message)?.[1] : undefined;
  if (task.status === 'failed' && status !== undefined) throw new CliError(Number(status), `task ${task.seq}: ${task.error?.message}`);
  checkEnd(task);
}

function attemptOf(text: string): number {
  const attempt = Number(text);
  if (Number.isInteger(attempt) && attempt >= 1 && attempt <= 1_000) return attempt;
  throw usageError('--attempt must be a whole number, 1-1000');
}

function partOf(text: string): number {
  const part = Number(text);
  if (/^\d+$/.test(text) && part <= 63) return part;
  throw usageError('--part must be a whole number, 0-63');
}

function streamOf(text: string): 'stdout' | 'stderr' {
  if (text === 'stdout' || text === 'stderr') return text;
  throw usageError('--stream must be stdout or stderr');
}
