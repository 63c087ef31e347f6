// @ts-check
/**
 * Finds a Chromium for the browser tests, in one place for the tests (tests/helpers/chromium.ts), `doctor --tests` and CI.
 * Plain JavaScript without dependencies, because the doctor runs before anything is installed or compiled.
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundled = join(root, 'node_modules', '@sparticuz', 'chromium');

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const usualPlaces = [
  '/usr/bin',
  '/usr/local/bin',
  '/snap/bin',
  '/opt/google/chrome',
  '/Applications/Chromium.app/Contents/MacOS',
  '/Applications/Google Chrome.app/Contents/MacOS',
];

/**
 * @typedef {object} FoundChromium
 * @property {string} path the executable
 * @property {'TRX_CHROMIUM' | 'system' | 'bundled'} origin where it was found
 * @property {Record<string, string>} env variables it needs beside the current environment
 */

/**
 * The first Chromium there is: `TRX_CHROMIUM`, an installed one, then the one inside `@sparticuz/chromium` (unpacked on first use).
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<FoundChromium | undefined>} `undefined` when there is none
 * @throws when `TRX_CHROMIUM` names a file that does not exist: a wish that cannot be met must not be replaced silently
 */
export async function findChromium(env = process.env) {
  const wished = env['TRX_CHROMIUM'];
  if (wished) {
    if (!existsSync(wished)) throw new Error(`TRX_CHROMIUM names ${wished}, which does not exist.`);
    return { path: wished, origin: 'TRX_CHROMIUM', env: {} };
  }
  const installed = findInstalled(env);
  if (installed) return { path: installed, origin: 'system', env: {} };
  return await unpackBundled(env);
}

/** @param {NodeJS.ProcessEnv} env */
function findInstalled(env) {
  const folders = [...(env['PATH'] ?? '').split(delimiter).filter(isAbsolute), ...usualPlaces];
  const files = [...names, 'Chromium', 'Google Chrome'];
  for (const name of files) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}

/**
 * The package's own unpacking writes to fixed names in the shared temporary folder and takes a half-written file for a finished one, and it
 * leaves out the archive of system libraries (NSS, NSPR, expat) unless it runs in one cloud. So it is unpacked here: under node_modules,
 * complete or not at all.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<FoundChromium | undefined>}
 */
async function unpackBundled(env) {
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(join(bundled, 'bin', 'chromium.br'))) return undefined;
  const version = JSON.parse(readFileSync(join(bundled, 'package.json'), 'utf8')).version;
  const cache = join(root, 'node_modules', '.cache', 'chromium');
  const home = join(cache, version);
  if (!existsSync(home)) {
    mkdirSync(cache, { recursive: true });
    const half = mkdtempSync(join(cache, 'unpacking-'));
    await inflate(join(bundled, 'bin', 'chromium.br'), join(half, 'chromium'), 0o755);
    for (const archive of ['al2023', 'fonts', 'swiftshader']) await untar(archive, half);
    try {
      renameSync(half, home);
    } catch {
      rmSync(half, { recursive: true, force: true }); // another process finished first; its copy is the same
    }
  }
  const libraries = [join(home, 'lib'), env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
  return { path: join(home, 'chromium'), origin: 'bundled', env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(home, 'fonts') } };
}

/**
 * @param {string} from
 * @param {string} to
 * @param {number} [mode]
 */
async function inflate(from, to, mode = 0o644) {
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to, { mode }));
}

/**
 * @param {string} archive
 * @param {string} folder
 */
async function untar(archive, folder) {
  const tar = join(folder, `${archive}.tar`);
  await inflate(join(bundled, 'bin', `${archive}.tar.br`), tar);
  // The fonts archive has no folder of its own, and the browser looks for libGLESv2 beside itself.
  const target = archive === 'fonts' ? join(folder, 'fonts') : folder;
  mkdirSync(target, { recursive: true });
  const done = spawnSync('tar', ['-xf', tar, '-C', target], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`cannot unpack ${archive}.tar: ${done.stderr || done.error?.message}`);
  rmSync(tar);
}

/**
 * Starts the browser far enough to name its version, which shows that all its libraries are there.
 * @param {FoundChromium} found
 * @returns {string | undefined} for example `Chromium 143.0.7499.40`; `undefined` when it does not start
 */
export function chromiumVersion(found) {
  const done = spawnSync(found.path, ['--version'], { encoding: 'utf8', timeout: 20_000, env: { ...process.env, ...found.env } });
  return done.status === 0 ? done.stdout.trim() : undefined;
}

// As a command: names the browser, or fails where none starts (.ci/run installs one then).
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await findChromium();
  const version = found && chromiumVersion(found);
  if (version) console.log(`${version}, ${found.origin} (${found.path})`);
  else console.error('No Chromium that starts.');
  process.exitCode = version ? 0 : 1;
}
