// @ts-check
/**
 * Completes package-lock.json after a change of dependencies: `npm run lock`. With `--check` it only tells.
 *
 * Native tools come as one optional package per platform. A registry mirror often lacks those of other platforms; npm then leaves them out of
 * the lock file without a word, and the next `npm ci` refuses it ("Missing: ... from lock file"), on this machine and on all others. The
 * entries are known all the same: name and version stand in the parent's `optionalDependencies`, the platform in the name. They carry no
 * integrity hash, since nobody here has seen the file; npm adds it where the package can be had.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @typedef {{ version?: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[], optionalDependencies?: Record<string, string> }} Entry */

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
/** @type {{ packages: Record<string, Entry> }} */
const lock = JSON.parse(readFileSync(file, 'utf8'));

const missing = Object.entries(lock.packages).flatMap(([path, parent]) =>
  Object.entries(parent.optionalDependencies ?? {})
    .filter(([name]) => path !== '' && !isLocked(path, name))
    .map(([name, version]) => ({ name, entry: entryOf(name, version, parent.dev === true) })),
);

if (missing.length === 0) {
  console.log('lock file: complete');
} else if (process.argv.includes('--check')) {
  console.error(
    `package-lock.json lacks ${missing.length} packages of other platforms, for example ${missing[0]?.name}. Run: npm run lock`,
  );
  process.exitCode = 1;
} else {
  for (const { name, entry } of missing) lock.packages[`node_modules/${name}`] = entry;
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`lock file: added ${missing.length} packages of other platforms`);
}

/**
 * Node's own search: beside the package, then in each folder above.
 * @param {string} from
 * @param {string} name
 */
function isLocked(from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]) return true;
    if (!folder) return false;
  }
}

/**
 * The platform from the name: `cli-linux-x64-musl` is for linux, x64, musl. Keys in npm's order, so that npm changes nothing afterwards.
 * @param {string} name
 * @param {string} version
 * @param {boolean} isDev
 * @returns {Entry}
 */
function entryOf(name, version, isDev) {
  const os = /\b(android|darwin|freebsd|linux|openharmony|win32)\b/.exec(name)?.[1];
  const cpu = /\b(arm64|arm|ia32|ppc64|riscv64|s390x|x64)\b/.exec(name)?.[1];
  const libc = /musl/.test(name) ? 'musl' : /-gnu/.test(name) ? 'glibc' : undefined;
  if (!os || !cpu) throw new Error(`cannot tell the platform of ${name} from its name`);
  return { version, cpu: [cpu], ...(isDev ? { dev: true } : {}), ...(libc ? { libc: [libc] } : {}), optional: true, os: [os] };
}
