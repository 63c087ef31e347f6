/** Entry of a contestant's own process: runs the module it is told and sends what that measured. */
import { pathToFileURL } from 'node:url';

const [module = '', options = '{}'] = process.argv.slice(2);
const { run } = (await import(pathToFileURL(module).href)) as { readonly run: (options: unknown) => Promise<unknown> };
const value = await run(JSON.parse(options));
process.send?.({ value }, () => process.disconnect());
