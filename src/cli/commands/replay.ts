import type { Command } from 'commander';
import type { ReplayFlags } from '../replay/choices.ts';
import type { CliCommand } from './command.ts';

const examples = `
Examples:
  $ trx replay --history --from 2026-05-01T08:00:00Z --policy fifo,min_cost
  $ trx replay --trace log.swf --policy fifo,sjf,wfp3
  $ trx replay --trace KTH-SP2-1996-2.swf --semantics pyss --policy easy,easy-sjbf
  $ trx replay --trace lublin_256.swf --semantics rlscheduler --policy sjf --backfill rls --window 1981:1024 2756:1024 --json
  $ trx replay --generate lublin --jobs 5000 --procs 256 --semantics pyss --policy fcfs,easy --report report.html
  $ trx replay --trace log.swf.gz --procs 128 --semantics pyss --policy conservative --jobs-csv starts.csv

Semantics and their policies (figures of two semantics are never to be compared):
  trx          any strategy of the server (fifo, priority, min_cost, sjf, wfp3, ...), fcfs, f2, f3, f4, --backfill none or easy; easy, easy-clairvoyant;
               easy-sjbf, conservative, both also -clairvoyant (worked out beside the decision core, on one machine)
  pyss         fcfs, easy, easy-sjbf, easy-clairvoyant, easy-sjbf-clairvoyant, conservative
  rlscheduler  fcfs, sjf, wfp3, unicep, f1, f2, f3, f4, wfp3-real, unicep-real; --backfill none or rls

Exit codes: 0 done, 1 the trace cannot be read or used, 2 usage.
`;

/** Simulates a trace under one or more policies and prints how the jobs fared. */
export const replay: CliCommand = {
  addTo(program: Command, io) {
    program
      .command('replay')
      .summary('try scheduling policies on a trace')
      .description('Runs the jobs of a trace under each policy on a virtual clock and prints how they would have fared.')
      .option('--trace <file>', 'log in the Standard Workload Format, or tasks as CSV or NDJSON, plain or gzip; - is standard input')
      .option('--generate <pattern>', 'instead of a trace: steady, poisson, burst, diurnal, spike or lublin')
      .option('--history', 'instead of a trace: what the server has on record')
      .option('--from <time>', 'begin of the history; an hour before its end when left out')
      .option('--to <time>', 'end of the history; now when left out')
      .option('--server <url>', 'whose history; else TRX_SERVER, else the one that runs on the data folder here')
      .option('--jobs <n>', 'jobs to generate', '10000')
      .option('--load <share>', 'work to generate, by capacity', '0.9')
      .requiredOption('--policy <name,...>', 'policies to compare; may be repeated', collect)
      .option('--semantics <name>', 'whose event loop: trx, pyss or rlscheduler', 'trx')
      .option('--procs <n>', 'processors of the machine; else what the header of the trace says')
      .option('--backfill <name>', 'none, easy, conservative or rls, where a policy leaves the choice')
      .option('--window <start:count...>', 'only these jobs, by position from 0 after the filter; each window on an empty machine')
      .option('--catalog <file>', 'the pools, with their prices by the hour: JSON, see docs/replay.md')
      .option('--repeat <n>', 'run everything this often, demand the same schedule each time and report the fastest', '1')
      .option('--base <policy>', 'the policy the others are compared with; easy, or else the first')
      .option('--seed <n>', 'seed of whatever is drawn, such as the intervals of a comparison', '1')
      .option('--jobs-csv <file>', 'write when each job started; needs exactly one policy')
      .option('--report <file>', 'write the comparison with charts as one HTML file')
      .option('--json', 'print JSON instead of a table')
      .addHelpText('after', examples)
      .action(async (flags: ReplayFlags) => {
        if (flags.history) {
          const { replayOwnHistory } = await import('../replay/replay-own-history.ts');
          return replayOwnHistory(flags, io);
        }
        const { replayTrace } = await import('../replay/replay-trace.ts');
        replayTrace(flags, io);
      });
  },
};

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...value.split(',').map((name) => name.trim())];
}
