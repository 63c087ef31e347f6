import { type Command, InvalidArgumentError } from 'commander';
import { failure, usageError } from '../cli-error.ts';
import type { Finding } from '../conformance/run-checks.ts';
import { printable } from '../output/printable.ts';
import type { CliCommand } from './command.ts';

interface ConformanceFlags {
  readonly lease: number;
  readonly quick: { readonly type: string; readonly payload: unknown };
  readonly slow: string;
  readonly only?: readonly string[];
  readonly json?: boolean;
}

const examples = `
Examples:
  $ trx worker-conformance http://127.0.0.1:9100 -- ./worker.sh {url} {pool} {name}
  $ trx worker-conformance http://127.0.0.1:0 -- trx worker --server {url} --pool {pool} --id {name} --types reverse,wait
  $ trx worker-conformance http://127.0.0.1:9100 --quick 'hash="x"' --only heartbeat,cancel -- ./my-worker {url}

Without a command it waits for a worker that you start, and leaves out what would end it.
Exit codes: 0 the worker does as the protocol says, 1 it does not, 2 usage.
`;

/** `trx worker-conformance`: is this program a worker node? */
export const workerConformance: CliCommand = {
  addTo(program: Command, io) {
    program
      .command('worker-conformance')
      .summary('check a worker of your own against the protocol')
      .description(
        'Plays the server for one worker node, in any language: gives it work, cancels, loses its leases, goes away, answers twice or not at all, and says which rules of the worker protocol it keeps.',
      )
      .argument('<url>', 'where to listen, such as http://127.0.0.1:9100; with port 0 on a free one', addressOf)
      .argument('[command...]', 'starts the worker; {url}, {pool} and {name} are filled in')
      .option('--quick <type=payload>', 'a type that is done at once, with a payload in JSON', quickOf, {
        type: 'reverse',
        payload: 'hello',
      })
      .option('--slow <type>', 'a type whose payload is how many seconds it takes', 'wait')
      .option('--lease <seconds>', 'how long leases last, 1-60; heartbeats come three times as often', leaseOf, 3)
      .option('--only <checks>', 'names of checks with commas between them', (text) => text.split(',').map((name) => name.trim()))
      .option('--json', 'print JSON')
      .addHelpText('after', examples)
      .action(async (address: URL, command: readonly string[], { lease, quick, slow, only, json }: ConformanceFlags) => {
        const [{ checks }, { runChecks }] = await Promise.all([import('../conformance/checks.ts'), import('../conformance/run-checks.ts')]);
        const names = checks.map(({ name }) => name);
        const strange = only?.find((name) => !names.includes(name));
        if (strange !== undefined) throw usageError(`--only: there is no check ${strange}. Checks: ${names.join(', ')}.`);
        const chosen = checks.filter(({ name }) => only === undefined || only.includes(name));
        const leaseMs = lease * 1_000;
        const ready = (url: string) => {
          if (command.length === 0) io.err(`Start your worker against ${url}, pool conformance, with types ${quick.type} and ${slow}.\n`);
        };
        const findings: Finding[] = [];
        for await (const finding of runChecks(chosen, { address, command, leaseMs, heartbeatMs: leaseMs / 3, quick, slow, ready })) {
          findings.push(finding);
          if (json !== true) io.out(line(finding));
        }
        if (json === true) io.out(`${JSON.stringify(findings)}\n`);
        const failed = findings.filter(({ state }) => state === 'fail').length;
        if (failed > 0) throw failure(`${failed} of ${findings.length} checks failed; the rules are in docs/worker-protocol.md`);
      });
  },
};

function line({ check, state, rule, says }: Finding): string {
  return `${(state === 'fail' ? 'FAIL' : state).padEnd(4)}  ${check.padEnd(14)}  ${rule}${says === null ? '' : `\n                      ${printable(says)}`}\n`;
}

function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' && url.port !== '' && url.pathname === '/') return url;
  throw new InvalidArgumentError('It must be like http://127.0.0.1:9100.');
}

function quickOf(text: string): ConformanceFlags['quick'] {
  const [, type, payload = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  try {
    if (type !== undefined) return { type, payload: JSON.parse(payload) };
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError(`It must be a type, =, and JSON, such as 'reverse="hello"'.`);
}

function leaseOf(text: string): number {
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= 60) return seconds;
  throw new InvalidArgumentError('It must be a number of seconds, 1-60.');
}
