// @ts-check
/**
 * Makes this folder able to run, or says in one line why it cannot. Dependency-free, because it runs before anything is installed.
 *
 *     node scripts/doctor.mjs             what is here, one line each; changes nothing
 *     node scripts/doctor.mjs --tests     the same with the browser that the tests will use; changes nothing
 *     node scripts/doctor.mjs --install   what start.sh and start.cmd call: installs, repairs and builds what is missing or stale
 *
 * With everything in place `--install` writes nothing and uses no network. Exit codes: 69 the package registry cannot be reached, 71 something
 * is missing on this machine, 78 this folder is not a whole TaskRouterX. Ports, locks and configuration are the server's own to report.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isStale } from './build.mjs';
import { chromiumVersion, findChromium } from './find-chromium.mjs';
import { createInstallProgress } from './install-progress.mjs';
import { hasStepped, lastLog, onPath, planSteps, readIfThere, step, stepLog, stopStep } from './install-steps.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (/** @type {string[]} */ ...parts) => join(root, ...parts);
const lockFile = at('.logs', 'install.lock');
/** A release carries dist/ and no sources, so it needs no compiler and no test tools. */
const isRelease = !existsSync(at('src'));
const isWindows = process.platform === 'win32';

/** A reason to stop that a person can act on; everything else is a bug and keeps its stack trace. */
class Refusal extends Error {
  /**
   * @param {number} exitCode
   * @param {string} message
   */
  constructor(exitCode, message) {
    super(message);
    this.exitCode = exitCode;
  }
}

for (const [signal, exitCode] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])) {
  process.on(signal, () => {
    stopStep();
    releaseLock();
    process.exit(exitCode);
  });
}

try {
  checkFolder();
  checkNode();
  if (process.argv.includes('--install')) await install();
  else await report();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  say(error.message);
  process.exitCode = error.exitCode;
}

function checkFolder() {
  for (const file of ['package.json', 'package-lock.json']) {
    if (!existsSync(at(file)))
      throw new Refusal(78, `${file} is missing in ${root}: this is not a whole copy of TaskRouterX. Clone or unpack it again.`);
  }
}

/** Dependencies `require()` ES modules, which Node does unasked from 20.19 and 22.12 on (and never in 21). start.sh knows the same rule. */
function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 23) return;
  const needed = major === 21 || major === 22 ? '22.12' : '20.19';
  throw new Refusal(71, `Node.js ${needed} or newer is needed, this is ${process.version} (${process.execPath}).`);
}

async function install() {
  if (isReady()) return;
  await takeLock();
  try {
    const isFirst = !isInstalled();
    planSteps([isFirst || !driverLoads(), isStale()].filter(Boolean).length);
    if (isFirst)
      say('First start: this folder is made ready, which takes a minute or two, on a slow machine up to ten. Later starts skip it.');
    if (isFirst) await installDependencies();
    if (!driverLoads()) await rebuildDriver();
    if (isStale()) await build();
    if (hasStepped()) say('Ready. Starting the server, which takes a second or two.');
  } finally {
    releaseLock();
  }
}

/** The quick look on every start. The driver is tried each time: a new Node or C library breaks it without changing any file of ours. */
function isReady() {
  return isInstalled() && driverLoads() && !isStale();
}

/**
 * Whether npm's own list of what it put into node_modules holds all the lock file asks for. It stands for a stamp of ours, and an `npm ci` by
 * hand is not done a second time. npm writes the list last, so an install that was cut off does not count. The lock file says nothing about
 * the Node ABI; `driverLoads` does.
 */
function isInstalled() {
  const list = readIfThere(at('node_modules', '.package-lock.json'));
  if (list === undefined) return false;
  const present = JSON.parse(list).packages;
  return wantedPackages().every(([path, wish]) => present[path]?.version === wish.version);
}

/** Those that every system needs, by their place below this folder. @returns {[path: string, wish: { version: string }][]} */
function wantedPackages() {
  const { packages } = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'));
  return Object.entries(packages).filter(
    ([path, { optional, devOptional, dev }]) => path !== '' && !optional && !devOptional && !(isRelease && dev),
  );
}

async function installDependencies() {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=info', ...(isRelease ? ['--omit=dev'] : [])];
  const progress = createInstallProgress(wantedPackages().length);
  const usual = 'usually 20 to 60 s; some minutes where the network is slow or the SQLite driver has to be compiled';
  const exitCode = await step('Installing dependencies', usual, npm(), args, progress);
  if (exitCode !== 0) throw whyInstallFailed();
}

/** In a process of its own: a driver built for another Node can end the process that loads it. */
function driverLoads() {
  const code = "new (require('better-sqlite3'))(':memory:').close()";
  return spawnSync(process.execPath, ['-e', code], { cwd: root, stdio: 'ignore' }).status === 0;
}

async function rebuildDriver() {
  const usual = 'usually 5 s; one to five minutes where it has to be compiled';
  const exitCode = await step(`Rebuilding the SQLite driver for Node.js ${process.version}`, usual, npm(), [
    'rebuild',
    'better-sqlite3',
    '--loglevel=info',
  ]);
  if (exitCode !== 0) throw whyInstallFailed();
  if (!driverLoads())
    throw new Refusal(71, `The SQLite driver was built and still does not load in Node.js ${process.version}. Log: .logs/install.log`);
}

async function build() {
  const usual = 'usually 10 to 30 s, on a slow machine two minutes';
  const exitCode = await step('Translating the sources', usual, process.execPath, [at('scripts', 'build.mjs'), '--unchecked']);
  if (exitCode !== 0) throw new Refusal(71, `The build failed: ${lastLog(/error TS\d+/) ?? 'see the log'} Log: .logs/install.log`);
}

/** The log decides between the usual reasons; the compiler's own trace stays in it. */
function whyInstallFailed() {
  const log = stepLog();
  const see = 'Log: .logs/install.log';
  const noNetwork = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\b/;
  if (/gyp ERR!/.test(log)) {
    const missing = isWindows ? ['python'] : ['python3', 'make', 'c++'].filter((tool) => !onPath(tool));
    if (missing.length > 0) {
      const without = `no prebuilt binary here, and ${missing.join(', ')} to build it ${missing.length > 1 ? 'are' : 'is'} missing`;
      return new Refusal(71, `The SQLite driver has ${without}. Run: ${compilerLine()}\nThen start again. ${see}`);
    }
    if (noNetwork.test(log))
      return new Refusal(69, `Neither the SQLite driver's binary nor Node's headers could be fetched: no network? ${see}`);
    return new Refusal(71, `The SQLite driver could not be compiled: ${lastLog(/error:/) ?? 'see the log'}. ${see}`);
  }
  if (noNetwork.test(log)) {
    return new Refusal(69, `The package registry cannot be reached. The first start needs it once, later starts need no network. ${see}`);
  }
  const hint = lastLog(/npm (?:error|ERR!) (?!code|errno|A complete log)/)?.replace(/^npm (?:error|ERR!) /, '');
  return new Refusal(71, `npm could not install the dependencies: ${hint ?? 'see the log'}. ${see}`);
}

function compilerLine() {
  const lines = {
    'apt-get': 'apt-get install -y python3 make g++',
    dnf: 'dnf install -y python3 make gcc-c++',
    apk: 'apk add python3 make g++',
    zypper: 'zypper install -y python3 make gcc-c++',
    pacman: 'pacman -S --needed python make gcc',
  };
  if (process.platform === 'darwin') return 'xcode-select --install';
  if (isWindows) return 'winget install Python.Python.3.12 Microsoft.VisualStudio.2022.BuildTools';
  const found = Object.entries(lines).find(([tool]) => onPath(tool));
  const line = found ? found[1] : lines['apt-get'];
  return process.getuid?.() === 0 ? line : `sudo ${line}`;
}

/** npm of the Node that runs this file: another one on PATH would build the driver for another Node. */
function npm() {
  const beside = join(process.execPath, '..', isWindows ? 'npm.cmd' : 'npm');
  if (existsSync(beside)) return beside;
  const found = onPath(isWindows ? 'npm.cmd' : 'npm');
  if (found) return found;
  throw new Refusal(
    71,
    `npm is missing beside Node.js ${process.version} (${process.execPath}). Debian: apt-get install -y npm; elsewhere reinstall Node.js.`,
  );
}

/** Two first starts at once would empty node_modules under each other. The second one waits and then finds the work done. */
async function takeLock() {
  try {
    mkdirSync(at('.logs'), { recursive: true });
  } catch {
    throw new Refusal(71, `Dependencies or the build are missing, and ${root} cannot be written to. Run ./start.sh once as its owner.`);
  }
  for (let said = false; ; ) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') {
        throw new Refusal(71, `Dependencies or the build are missing, and ${root} cannot be written to. Run ./start.sh once as its owner.`);
      }
    }
    const holder = Number(readIfThere(lockFile));
    if (!isRunning(holder)) {
      rmSync(lockFile, { force: true });
      continue;
    }
    if (!said) say(`Another start (process ${holder}) is installing; waiting for it.`);
    said = true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** A start that only waited must leave the lock to its holder. */
function releaseLock() {
  if (readIfThere(lockFile) === String(process.pid)) rmSync(lockFile, { force: true });
}

/** @param {number} pid */
function isRunning(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

async function report() {
  console.log(`Node.js   ${process.version}, ABI ${process.versions.modules} (${process.execPath})`);
  console.log(`Packages  ${isInstalled() ? 'as in package-lock.json' : 'missing or not those of package-lock.json: run npm ci'}`);
  const driver = driverReport();
  console.log(`SQLite    ${driver ?? 'the driver does not load: run npm rebuild better-sqlite3'}`);
  console.log(`Build     ${isStale() ? 'dist/ is older than src/: npm run build' : 'dist/ is current'}`);
  if (process.argv.includes('--tests')) console.log(`Chromium  ${await chromiumReport()}`);
  if (!driver) process.exitCode = 71;
}

function driverReport() {
  const code = "const D=require('better-sqlite3');console.log(new D(':memory:').prepare('select sqlite_version()').pluck().get())";
  const done = spawnSync(process.execPath, ['-e', code], { cwd: root, encoding: 'utf8' });
  if (done.status !== 0) return undefined;
  const manifest = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
  return `${done.stdout.trim()}, better-sqlite3 ${JSON.parse(readFileSync(manifest, 'utf8')).version} (${join(manifest, '..')})`;
}

async function chromiumReport() {
  const found = await findChromium();
  if (!found) return 'none: browser tests will be skipped (they fail under CI=true). Debian: apt-get install chromium';
  return `${chromiumVersion(found) ?? 'does not start'}, ${found.origin} (${found.path})`;
}

/** stdout belongs to the server; talk goes to stderr. @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}
