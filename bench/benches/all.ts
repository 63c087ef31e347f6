import type { Bench } from '../lib/bench.ts';
import { bundle } from './bundle.ts';
import { decide } from './decide.ts';
import { drain } from './drain.ts';
import { explain } from './explain.ts';
import { flow } from './flow.ts';
import { history } from './history.ts';
import { httpBatch } from './http-batch.ts';
import { httpEngine } from './http-engine.ts';
import { httpSubmit } from './http-submit.ts';
import { idle } from './idle.ts';
import { latency } from './latency.ts';
import { nodes } from './nodes.ts';
import { read } from './read.ts';
import { recover } from './recover.ts';
import { replay } from './replay.ts';
import { size } from './size.ts';
import { submit } from './submit.ts';

/** In the order they are listed. */
export const benches: readonly Bench[] = [
  httpSubmit,
  httpEngine,
  httpBatch,
  submit,
  drain,
  latency,
  decide,
  explain,
  flow,
  read,
  recover,
  idle,
  nodes,
  size,
  replay,
  history,
  bundle,
];
