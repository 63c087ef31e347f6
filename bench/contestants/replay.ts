/** A trace under one policy in a process of its own: simulations alone, after parsing, the fastest of three. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runPolicy } from '../../src/core/replay/run-policy.ts';
import { allSemantics } from '../../src/core/replay/semantics/all.ts';
import { parseSwf } from '../../src/core/replay/swf.ts';
import { machineSize } from '../../src/core/replay/swf-header.ts';
import type { Sample } from '../lib/rounds.ts';

interface Options {
  readonly folder: string;
  readonly trace: string;
  readonly semantics: string;
  readonly policy: string;
}

export function run({ folder, trace: name, semantics: wanted, policy }: Options): Promise<Sample> {
  const semantics = allSemantics.find((each) => each.name === wanted);
  const choice = semantics?.choose(policy, undefined);
  if (semantics === undefined || choice?.kind !== 'choice') throw new Error(`there is no ${policy} in ${wanted}`);
  const bytes = readFileSync(join(folder, name));
  const nowMs = () => performance.now();
  let parseMs = Number.POSITIVE_INFINITY;
  let trace = parseSwf(bytes);
  for (let i = 0; i < 3; i++) {
    const begin = nowMs();
    trace = parseSwf(bytes);
    parseMs = Math.min(parseMs, nowMs() - begin);
  }
  const machine = machineSize(trace.headers);
  const { jobs } = semantics.load(trace, machine);
  const { elapsedMs } = runPolicy(choice, { jobs, machine, windows: [], repeat: 3, nowMs });
  return Promise.resolve({ simulated: jobs.count / (elapsedMs / 1_000), parsed: bytes.length / 1e6 / (parseMs / 1_000) });
}
