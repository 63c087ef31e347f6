/**
 * The entry of `trx serve`. It imports nothing before it has looked at the Node that runs it: an older one would die on a dependency with a
 * message that helps nobody.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
// Dependencies require() ES modules, which Node does unasked from 20.19 and 22.12 on, and never in 21. start.sh knows the same rule.
const isNewEnough = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 23;

if (isNewEnough) {
  const { serve } = await import('./serve.ts');
  await serve(process.argv.slice(2), process.env);
} else {
  const needed = major === 21 || major === 22 ? '22.12' : '20.19';
  process.stderr.write(`Node.js ${needed} or newer is needed, this is ${process.version} (${process.execPath}).\n`);
  process.exitCode = 71;
}
