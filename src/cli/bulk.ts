import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { BulkCountBody, OperationBody } from '../api/schemas/operation.ts';
import { CliError, exitCodes, usageError } from './cli-error.ts';
import type { ServerFlags } from './commands/server-command.ts';
import type { CliIo } from './io.ts';
import { presentFields } from './output/present.ts';
import type { Client } from './server/client.ts';

/** Which tasks `--all` means. */
export interface BulkFlags extends ServerFlags {
  readonly all?: boolean;
  readonly status: string;
  readonly type?: string;
  readonly tenant?: string;
  readonly region?: string;
  readonly pool?: string;
  readonly priorityGte?: string;
  readonly priorityLte?: string;
  readonly createdAfter?: string;
  readonly createdBefore?: string;
  readonly yes?: boolean;
}

type Action = OperationBody['action'];

/** How often the server is asked how far it got: soon at first, for most are done at once. */
const firstLookMs = 100;
const longestLookMs = 2_000;

/** `--all` and what narrows it. @param status when none is named */
export function withBulk(command: Command, status: string): Command {
  return command
    .option('--all', 'every task of --status and of the filters below, those of now; asks first')
    .option('--status <name,...>', 'with --all', status)
    .option('--type <name,...>', 'with --all: task types')
    .option('--tenant <name>', 'with --all')
    .option('--region <name,...>', 'with --all: home regions')
    .option('--pool <name,...>', 'with --all: pools that run or ran them')
    .option('--priority-gte <n>', 'with --all: at least this priority')
    .option('--priority-lte <n>', 'with --all: at most this priority')
    .option('--created-after <time>', 'with --all: accepted after this, as 2026-01-31T12:00:00Z')
    .option('--created-before <time>', 'with --all: accepted before this')
    .option('--yes', 'do not ask');
}

/** Counts, asks, begins, and follows it to its end. */
export async function bulk(client: Client, action: Action, flags: BulkFlags, io: CliIo): Promise<void> {
  const filter = filterOf(flags);
  const { matched, matched_is_capped: isCapped } = await client.ask<{ matched: number; matched_is_capped: boolean }>(
    'POST',
    '/tasks/bulk',
    {
      body: { action, filter, dry_run: true },
    },
  );
  const count = isCapped ? `more than ${matched}` : String(matched);
  const nothing = `Nothing was ${action === 'cancel' ? 'cancelled' : 'retried'}`;
  if (matched === 0 && !isCapped) return none(io, flags, action, nothing);
  if (!(await isMeant(action, count, flags, io))) {
    io.err(`${nothing}.\n`);
    return;
  }
  const headers = { 'idempotency-key': randomUUID() };
  const begun = await client.ask<OperationBody | BulkCountBody>('POST', '/tasks/bulk', {
    ...{ body: { action, filter }, headers, isRepeatable: true },
  });
  if (!('id' in begun)) return none(io, flags, action, nothing); // they have all moved on meanwhile
  const ended = await followed(client, begun, count, io);
  presentFields(io, flags, ended, { ...ended, filter: JSON.stringify(ended.filter) });
  if (ended.status !== 'completed')
    throw new CliError(exitCodes.failed, `operation ${ended.id} was ${ended.status}: ${ended.reason ?? ''}`);
}

function none(io: CliIo, flags: BulkFlags, action: Action, nothing: string): void {
  if (flags.json) presentFields(io, flags, { action, matched: 0, matched_is_capped: false }, {});
  else io.err(`${nothing}: no task matches.\n`);
}

function filterOf({ status, type, tenant, region, pool, priorityGte, priorityLte, createdAfter, createdBefore }: BulkFlags) {
  const lists = { status, type, region, pool };
  const words = Object.entries(lists).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text.split(',').map((one) => one.trim())]],
  );
  return {
    ...Object.fromEntries(words),
    ...(tenant === undefined ? {} : { tenant }),
    ...(priorityGte === undefined ? {} : { priority_gte: priority(priorityGte, '--priority-gte') }),
    ...(priorityLte === undefined ? {} : { priority_lte: priority(priorityLte, '--priority-lte') }),
    ...(createdAfter === undefined ? {} : { created_after: createdAfter }),
    ...(createdBefore === undefined ? {} : { created_before: createdBefore }),
  };
}

function priority(text: string, flag: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 10) throw usageError(`${flag} must be a whole number from 1 to 10`);
  return number;
}

async function isMeant(action: Action, count: string, { yes, status }: BulkFlags, io: CliIo): Promise<boolean> {
  if (yes) return true;
  if (io.confirm === undefined) throw usageError(`this would ${action} ${count} tasks that are ${status}; say --yes to do it`);
  return io.confirm(`${action === 'cancel' ? 'Cancel' : 'Retry'} ${count} tasks that are ${status}?`);
}

/** Ctrl-C leaves it to the server, which goes on. */
async function followed(client: Client, begun: OperationBody, count: string, io: CliIo): Promise<OperationBody> {
  let operation = begun;
  for (let pauseMs = firstLookMs; operation.status === 'running'; pauseMs = Math.min(longestLookMs, 2 * pauseMs)) {
    await io.sleep(pauseMs);
    operation = await client.ask<OperationBody>('GET', `/operations/${operation.id}`, { isRepeatable: true });
    if (io.errIsTerminal) io.err(`\r\u001b[K${operation.done + operation.skipped + operation.refused} of ${count}`);
  }
  if (io.errIsTerminal) io.err('\r\u001b[K');
  return operation;
}
