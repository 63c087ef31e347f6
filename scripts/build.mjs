// @ts-check
/**
 * Compiles src/ to dist/ so that dist/src/main.js is the entry. `--if-stale` does nothing when the inputs are those of the last build.
 * `--unchecked` only translates, in less than half of the time: for those who run what was checked before it was committed, and for tests,
 * beside which the gate checks types once.
 *
 * The compiler writes beside dist/ and the folders are swapped at the end: a build that fails leaves the last good one in place, and a file
 * whose source was deleted does not live on.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stamp = join(dist, '.stamp');
const inputs = ['src', 'frontend/js', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

/** True when dist/ was made from other inputs than those of now. A release carries dist/ without src/ and is never stale. */
export function isStale() {
  if (!existsSync(join(root, 'src'))) return false;
  try {
    return !existsSync(join(dist, 'src', 'main.js')) || readFileSync(stamp, 'utf8') !== hashInputs();
  } catch {
    return true;
  }
}

/** Contents and not times: a fresh clone, a branch switch and a copied folder all change times without changing anything. */
function hashInputs() {
  const hash = createHash('sha256');
  for (const input of inputs) {
    for (const file of filesIn(input))
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(root, file)))
        .update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} path relative to the root
 * @returns {string[]}
 */
function filesIn(path) {
  if (!existsSync(join(root, path))) return [];
  if (/\.\w+$/.test(path)) return [path];
  return readdirSync(join(root, path), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const child = `${path}/${entry.name}`;
      if (entry.isDirectory()) return filesIn(child);
      return /\.([cm]?[jt]s|json)$/.test(entry.name) ? [child] : [];
    });
}

/** @returns {number} the compiler's exit code */
function build() {
  removeLeftovers();
  const hash = hashInputs(); // before compiling: an edit made meanwhile must count as newer
  const fresh = join(root, `dist.${process.pid}.new`);
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--outDir', fresh, ...(process.argv.includes('--unchecked') ? ['--noCheck'] : [])];
  const done = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), ...options], { stdio: 'inherit' });
  if (done.status === 0) {
    writeFileSync(join(fresh, '.stamp'), hash);
    swapIn(fresh);
  }
  rmSync(fresh, { recursive: true, force: true });
  return done.status ?? 1;
}

/**
 * Two builds may end at the same moment (`npm test` beside `./start.sh`): whoever finds the place taken again moves the other's result away.
 * @param {string} fresh
 */
function swapIn(fresh) {
  const old = join(root, `dist.${process.pid}.old`);
  for (let attempt = 1; ; attempt++) {
    if (existsSync(dist)) renameSync(dist, old);
    try {
      renameSync(fresh, dist);
      break;
    } catch (error) {
      if (attempt === 5) throw error;
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  }
}

/** Folders of builds that were killed. */
function removeLeftovers() {
  for (const name of readdirSync(root)) {
    const pid = /^dist\.(\d+)\.(?:new|old)$/.exec(name)?.[1];
    if (pid && !isRunning(Number(pid))) rmSync(join(root, name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = process.argv.includes('--if-stale') && !isStale() ? 0 : build();
}
