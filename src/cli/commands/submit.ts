import type { Command } from 'commander';
import type { TaskPreviewBody } from '../../api/schemas/preview.ts';
import type { TaskBody } from '../../api/schemas/task.ts';
import { usageError } from '../cli-error.ts';
import type { CliIo } from '../io.ts';
import { presentFields, presentRows } from '../output/present.ts';
import { taskFields } from '../output/task-fields.ts';
import { secondsUpTo } from '../seconds.ts';
import type { Client } from '../server/client.ts';
import { checkEnd, taskOf } from '../server/tasks.ts';
import { isFolder } from '../submit/folder-form.ts';
import { parentsFrom } from '../submit/parents-from.ts';
import { download, submitFolder } from '../submit/submit-folder.ts';
import { submitFolders } from '../submit/submit-folders.ts';
import { submitLines } from '../submit/submit-lines.ts';
import { type TaskFlags, taskFrom } from '../submit/task-from.ts';
import { waitForEnd } from '../submit/wait-for-end.ts';
import type { CliCommand } from './command.ts';
import { clientFor, type ServerFlags, withServer } from './server-command.ts';

interface SubmitFlags extends ServerFlags, TaskFlags {
  /** Seconds; `true`: without a limit. */
  readonly wait?: true | number;
  readonly dryRun?: boolean;
  readonly lines?: boolean;
  readonly idempotencyKey?: string;
  readonly type?: string;
  readonly download?: string;
  readonly chain?: boolean;
  readonly after?: readonly string[];
}

const examples = `
Examples:
  $ trx submit hash hello --wait
  $ trx submit sum '[1, 2, 3]' --priority 9 --tenant acme
  $ trx submit --file task.json --dry-run
  $ generate-tasks | trx submit --lines      one JSON task a line
  $ trx submit ./job --wait --download result.zip      a folder with a run.sh
  $ trx submit ./split ./count --chain --wait          together or not at all; count reads what split left
  $ trx submit hash --after 4711 --wait      when task 4711 has completed, on what that returned

A payload that is JSON is sent as JSON, anything else as text; @name is what the file holds. What begins with { or [ and is no JSON is
refused, and with --text all is text. Sending is repeated under one Idempotency-Key while the server is busy or away, so a task is never
made twice.

Exit codes: 2 the task is refused, 6 a limit is reached, 7 no server, 8 with --wait: it failed or was cancelled, 124 --wait ran out.
`;

/** The word behind it is taken for its seconds. */
const waitsLast = ' Without a limit --wait goes last.';

/** `trx submit`: one task by its flags or a file, or many by lines. */
export const submit: CliCommand = {
  addTo(program: Command, io) {
    const command = program
      .command('submit')
      .argument('[type]', 'task type, see trx types; or a folder with a run.sh, such as ./job')
      .argument('[payload...]', 'JSON, text, or @file; or more folders, to be submitted with the first')
      .summary('submit tasks')
      .description('Submits a task, or one for each line of standard input, or a folder with a run.sh as a bundle.')
      .option('--file <file>', 'the task as JSON, as POST /tasks takes it; flags overrule it')
      .option('--text', 'the payload is text, whatever it looks like')
      .option('--lines', 'read tasks from standard input, one JSON object a line')
      .option('--type <name>', 'of a folder; bundle when left out')
      .option('--chain', 'of several folders: each waits for the one before, and finds its files under the name of its folder')
      .option('--download <file>', 'of a folder: wait, and save all it left as a zip')
      .option('--tenant <name>', 'whose it is')
      .option('--priority <1-10>', 'larger runs earlier')
      .option('--cost <units>', 'estimated units of work')
      .option('--region <name>', 'home region')
      .option('--resource-type <kind>', 'cpu or gpu')
      .option('--constraints <text>', 'on labels of pools, such as "gpu_memory_gb > 16, !spot"')
      .option('--slots <n>', "units of a pool's capacity")
      .option('--parts <n>', 'parts that start together, each with so many slots, 1-64')
      .option('--estimate-ms <ms>', 'expected run time')
      .option('--timeout-ms <ms>', 'bound of one attempt')
      .option('--max-attempts <n>', 'tries')
      .option('--max-cost <price>', 'dearest acceptable price')
      .option('--run-at <time>', 'not before')
      .option('--deadline <time>', 'fails when it has not ended by then')
      .option('--after <ids>', 'tasks that must have ended before, commas between; name=id gives one a name', collected)
      .option('--on-parent-failure <policy>', 'when one of them does not complete: fail, skip or run')
      .option('--metadata <json>', 'anything of your own')
      .option('--idempotency-key <key>', 'makes repeating this command safe; else one is made up for this run')
      .option('--dry-run', 'say where it would go, and do not submit it')
      .option('--wait [seconds]', 'until it has ended, at most so long', secondsUpTo(Number.POSITIVE_INFINITY, waitsLast));
    withServer(command)
      .addHelpText('after', examples)
      .action(async (type: string | undefined, rest: readonly string[], flags: SubmitFlags) => {
        const client = clientFor(flags, io);
        const [payload, ...more] = rest;
        if (payload !== undefined && [type ?? '', ...rest].every(isFolder)) return submitBundles(client, [type ?? '', ...rest], flags, io);
        if (more.length > 0) throw usageError(`one payload, or folders alone; quote what belongs together: "${more[0]}" is one too many`);
        if (flags.chain) throw usageError('--chain is for several folders: trx submit ./a ./b --chain');
        if (type !== undefined && isFolder(type)) return submitBundle(client, type, payload, flags, io);
        if (flags.type !== undefined || flags.download !== undefined)
          throw usageError('--type and --download are for folders: trx submit ./job');
        if (flags.lines) {
          if (type !== undefined || flags.file !== undefined || flags.wait !== undefined || flags.dryRun || flags.text)
            throw usageError('--lines reads whole tasks: no type, --file, --text, --wait or --dry-run beside it');
          return submitLines(client, io);
        }
        const task = { ...taskFrom(type, payload, flags), ...(await parentsFrom(client, flags.after)) };
        if (flags.dryRun) return preview(client, task, flags, io);
        await submitOne(client, task, flags, io);
      });
  },
};

/** An option that may be given more than once. */
function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Ends as the task ended; what it left is saved all the same. */
async function submitBundle(client: Client, folder: string, payload: string | undefined, flags: SubmitFlags, io: CliIo): Promise<void> {
  if (flags.lines || flags.dryRun) throw usageError('a folder is submitted as it is: no --lines or --dry-run beside it');
  const task = { ...taskFrom(flags.type ?? 'bundle', payload, flags), ...(await parentsFrom(client, flags.after)) };
  const accepted = await submitFolder(client, io, folder, task, flags.idempotencyKey ?? crypto.randomUUID());
  const wait = flags.wait ?? (flags.download === undefined ? undefined : true);
  const ended = wait === undefined ? accepted : await waitForEnd(client, io, accepted, limitOf(wait));
  if (flags.download !== undefined) await download(client, ended, flags.download);
  presentFields(io, flags, ended, taskFields(ended, client.page(`/tasks/${ended.id}`)));
  if (wait !== undefined) checkEnd(ended);
}

/** All are accepted or none; with --wait it ends as the first did that did not complete. */
async function submitBundles(client: Client, folders: readonly string[], flags: SubmitFlags, io: CliIo): Promise<void> {
  if (flags.lines || flags.dryRun || flags.download !== undefined)
    throw usageError('several folders are submitted as they are: no --lines, --dry-run or --download beside them');
  const task = taskFrom(flags.type ?? 'bundle', undefined, flags);
  const key = flags.idempotencyKey ?? crypto.randomUUID();
  const options = { isChain: flags.chain === true, parents: await parentsFrom(client, flags.after), key };
  const tasks = [...(await submitFolders(client, io, folders, task, options))];
  const unended = flags.wait === undefined ? undefined : await waitForAll(client, io, tasks, limitOf(flags.wait));
  const rows = tasks.map(({ seq, id, status }, i) => [folders[i], seq, id, status]);
  presentRows(io, flags, { tasks }, [['folder', 'task', 'id', 'status'], ...rows]);
  if (unended !== undefined) throw unended;
  if (flags.wait !== undefined) for (const ended of tasks) checkEnd(ended);
}

/** Puts the tasks as they are then in the place of `tasks`. @returns why not all have ended: whoever submitted them wants to know of them all the same */
async function waitForAll(client: Client, io: CliIo, tasks: TaskBody[], limitS: number): Promise<unknown> {
  const sinceMs = io.nowMs();
  try {
    for (const [i, task] of tasks.entries()) tasks[i] = await waitForEnd(client, io, task, limitS, sinceMs);
    return undefined;
  } catch (error) {
    for (const [i, task] of tasks.entries()) tasks[i] = await taskOf(client, task.id).catch(() => task);
    return error;
  }
}

function limitOf(wait: true | number): number {
  return wait === true ? Number.POSITIVE_INFINITY : wait;
}

async function submitOne(client: Client, task: object, flags: SubmitFlags, io: CliIo): Promise<void> {
  const key = flags.idempotencyKey ?? crypto.randomUUID();
  const accepted = await client.ask<TaskBody>('POST', '/tasks', { body: task, headers: { 'idempotency-key': key }, isRepeatable: true });
  const ended = flags.wait === undefined ? accepted : await waitForEnd(client, io, accepted, limitOf(flags.wait));
  presentFields(io, flags, ended, taskFields(ended, client.page(`/tasks/${ended.id}`)));
  if (flags.wait !== undefined) checkEnd(ended);
}

async function preview(client: Client, task: object, flags: SubmitFlags, io: CliIo): Promise<void> {
  const answer = await client.ask<TaskPreviewBody>('POST', '/tasks/preview', { body: task });
  const { summary, pool, region, cost, forecast, refusal, holds } = answer;
  presentFields(io, flags, answer, {
    answer: summary,
    refused: refusal?.detail,
    pool,
    region,
    cost: cost === null ? null : cost.least === cost.most ? cost.least : `${cost.least} to ${cost.most}`,
    start: forecast === null ? null : forecast.when,
    ...Object.fromEntries(holds.map((hold, i) => [`${i + 1}. ${hold.code}`, hold.summary])),
  });
}
