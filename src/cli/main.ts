#!/usr/bin/env node
/** The entry of `trx`. What it runs is loaded only after a look at the Node that runs it. */
import { unfitNode } from '../node-version.ts';

const fault = unfitNode();
if (fault === undefined) {
  const { processIo } = await import('./io.ts');
  const { runCli } = await import('./run.ts');
  const code = await runCli(process.argv.slice(2), processIo());
  if (code !== 0) process.exitCode = code; // a server that refused to start has set its own
} else {
  process.stderr.write(`${fault}\n`);
  process.exitCode = 71;
}
