/** The entry of `trx serve`. What it starts is loaded only after a look at the Node that runs it. */
import { unfitNode } from './node-version.ts';

const fault = unfitNode();
if (fault === undefined) {
  const { serve } = await import('./serve.ts');
  await serve(process.argv.slice(2), process.env);
} else {
  process.stderr.write(`${fault}\n`);
  process.exitCode = 71;
}
