import type { ReplayBody } from '../../api/schemas/replay.ts';
import { failure, usageError } from '../cli-error.ts';
import type { CliIo } from '../io.ts';
import { printable } from '../output/printable.ts';
import { createClient } from '../server/client.ts';
import { textTable } from '../text-table.ts';
import { type ReplayFlags, wholeNumber } from './choices.ts';

type Result = NonNullable<ReplayBody['result']>;
type Figures = NonNullable<Result['actual']>;

const pollMs = 300;

/** `trx replay --history`: asks the server to replay what it has on record, waits, and prints the cards. @throws CliError */
export async function replayOwnHistory(flags: ReplayFlags, io: CliIo): Promise<void> {
  refuseTraceFlags(flags);
  const seed = wholeNumber('--seed', flags.seed, 0);
  const client = createClient(flags.server, io, io.sleep);
  const window = { ...(flags.from === undefined ? {} : { from: flags.from }), ...(flags.to === undefined ? {} : { to: flags.to }) };
  const strategies = flags.policy.map((policy) => ({ algorithm: policy === 'fcfs' ? 'fifo' : policy }));
  let replay = await client.ask<ReplayBody>('POST', '/replays', { body: { window, strategies, seed } });
  while (replay.status === 'running') {
    if (io.errIsTerminal) io.err(`\r${replay.progress.done} of ${replay.progress.total ?? 'many'} tasks`);
    await io.sleep(pollMs);
    replay = await client.ask<ReplayBody>('GET', `/replays/${replay.id}`, { isRepeatable: true });
  }
  if (io.errIsTerminal) io.err('\r\u001b[K');
  const { result } = replay;
  if (result === null) throw failure(`the replay ended ${replay.status}: ${replay.error ?? 'nobody knows why'}`);
  for (const note of result.notes) io.err(`${printable(note)}\n`);
  if (result.fidelity?.warning != null) io.err(`WARNING: ${result.fidelity.warning}\n`);
  io.out(flags.json === true ? `${JSON.stringify(replay)}\n` : table(replay, result));
}

/** What means something for a trace only must not be passed over. */
function refuseTraceFlags({
  trace,
  generate,
  procs,
  backfill,
  window,
  catalog,
  jobsCsv,
  report,
  semantics,
  base,
  repeat,
}: ReplayFlags): void {
  const given = Object.entries({
    '--trace': trace,
    '--generate': generate,
    '--procs': procs,
    '--backfill': backfill,
    '--window': window,
    '--base': base,
  });
  const more = Object.entries({
    '--catalog': catalog,
    '--jobs-csv': jobsCsv,
    '--report': report,
    '--semantics': semantics === 'trx' ? undefined : semantics,
    '--repeat': repeat === '1' ? undefined : repeat,
  });
  const wrong = [...given, ...more].filter(([, value]) => value !== undefined).map(([flag]) => flag);
  if (wrong.length > 0)
    throw usageError(`${wrong.join(', ')} cannot stand beside --history; it takes --from, --to, --policy, --seed, --server and --json`);
}

function table({ id, from, to }: ReplayBody, { tasks, fidelity, proof, actual, as_run, decided, cards }: Result): string {
  const head = [
    `${tasks.replayed} tasks from ${from} to ${to}, ${tasks.unfinished} unfinished, ${tasks.carried_over} carried over, ${tasks.missing} removed`,
    fidelity === null
      ? 'fidelity: none'
      : `fidelity ${fidelity.score.toFixed(3)} (placement ${fidelity.placement.toFixed(3)} by ${fidelity.placement_by})`,
    ...(proof === null ? [] : [printable(proof.says)]),
  ];
  const rows = [
    ...(actual === null ? [] : [['as it happened', ...cells(actual), '', '']]),
    ...(as_run === null
      ? []
      : [[`what decided, replayed (${decided.join(', then ')})`, ...cells(as_run.figures), percent(as_run.total_cost.gap), '']]),
    ...cards.map((card) => [
      card.algorithm,
      ...cells(card.figures),
      percent(card.total_cost.gap),
      card.differences?.mean_wait_ms.verdict ?? '',
    ]),
  ];
  const next = `Switch with: curl -X POST …/api/v1/replays/${id}/activation -d '{"algorithm": NAME}'`;
  return `${head.join('\n')}\n\n${textTable([columns, ...rows])}\n\n${next}\n`;
}

const columns = ['strategy', 'tasks', 'wait mean s', 'p95', 'p99', 'max', 'cost', 'late', 'fairness', 'above least cost', 'wait'];

function cells({ tasks, wait_ms, cost, deadlines, fairness_jain }: Figures): string[] {
  const waits = [wait_ms.mean, wait_ms.p95, wait_ms.p99, wait_ms.max].map((ms) => (ms === null ? '-' : (ms / 1_000).toFixed(2)));
  const late = deadlines.tasks === 0 ? '-' : `${deadlines.missed}/${deadlines.tasks}`;
  return [String(tasks), ...waits, cost.toFixed(2), late, fairness_jain === null ? '-' : fairness_jain.toFixed(3)];
}

function percent(gap: number | null): string {
  return gap === null ? '-' : `${(100 * gap).toFixed(1)} %`;
}
