import { algorithm } from './algorithm.ts';
import { cancel } from './cancel.ts';
import type { CliCommand } from './command.ts';
import { completion } from './completion.ts';
import { compose } from './compose.ts';
import { doctor } from './doctor.ts';
import { explain } from './explain.ts';
import { keys } from './keys.ts';
import { logs } from './logs.ts';
import { ls } from './ls.ts';
import { nodes } from './nodes.ts';
import { pools } from './pools.ts';
import { replay } from './replay.ts';
import { retry } from './retry.ts';
import { serve } from './serve.ts';
import { show } from './show.ts';
import { simulate } from './simulate.ts';
import { submit } from './submit.ts';
import { types } from './types.ts';
import { up } from './up.ts';
import { watch } from './watch.ts';
import { worker } from './worker.ts';
import { workerConformance } from './worker-conformance.ts';

/** In the order they are listed. */
export const commands: readonly CliCommand[] = [
  ...[serve, up, submit, ls, show, explain, logs, watch, cancel, retry],
  ...[worker, workerConformance, nodes, pools, types, algorithm, simulate, replay, keys, doctor, compose, completion],
];
