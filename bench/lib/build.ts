import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The package. */
export const root = fileURLToPath(new URL(import.meta.url.includes('/dist.bench/') ? '../../..' : '../..', import.meta.url));
const output = `${root}dist.bench/`;

/** Compiles src/ and bench/ to plain JavaScript: what is measured is what `npm start` runs. */
export function build(): void {
  const done = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}bench/tsconfig.json`], {
    stdio: ['ignore', 2, 2],
  });
  if (done.status !== 0) throw new Error('the sources do not compile');
}

/** Compiled file of a source, such as `bench/servers/bare.ts`. */
export function compiled(source: string): string {
  return output + source.replace(/\.ts$/, '.js');
}
