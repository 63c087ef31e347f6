// @ts-check
/** Commands that take a while: a line for people, and everything they say in a log. */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const logFile = join(root, '.logs', 'install.log');
const isWindows = process.platform === 'win32';

/** Where the newest step begins in the log. */
let logStart = 0;

/** @type {import('node:child_process').ChildProcess | undefined} */
let running;

/**
 * Runs one command: a line when it begins, the time on the same line when it ends, all it says in the log.
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<number>} its exit code
 */
export async function step(title, command, args) {
  process.stderr.write(`${title}, log in .logs/install.log ...`);
  appendFileSync(logFile, `\n# ${new Date().toISOString()} ${title}\n`);
  logStart = statSync(logFile).size;
  const began = performance.now();
  const exitCode = await runLogged(command, args);
  process.stderr.write(exitCode === 0 ? ` done in ${Math.round((performance.now() - began) / 1000)} s\n` : ' failed\n');
  return exitCode;
}

/**
 * The child leads a process group of its own, so that a signal to us ends the compilers below npm too.
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function runLogged(command, args) {
  const quote = (/** @type {string} */ word) => (isWindows ? `"${word}"` : word); // .cmd files need a shell there
  return new Promise((resolve) => {
    const child = spawn(quote(command), args.map(quote), {
      cwd: root,
      env: childEnv(),
      shell: isWindows,
      detached: !isWindows,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running = child;
    child.stdout.on('data', (data) => appendFileSync(logFile, data));
    child.stderr.on('data', (data) => appendFileSync(logFile, data));
    child.on('error', (error) => {
      appendFileSync(logFile, `${error.message}\n`);
      resolve(1);
    });
    child.on('close', (code) => {
      running = undefined;
      resolve(code ?? 1);
    });
  });
}

/** npm and node-gyp start `node` by name; where that is another one (start.sh may have passed over an old one), ours comes first. */
function childEnv() {
  const node = onPath(isWindows ? 'node.exe' : 'node');
  if (node && realpathSync(node) === process.execPath) return process.env;
  return { ...process.env, PATH: `${join(process.execPath, '..')}${delimiter}${process.env['PATH'] ?? ''}` };
}

/** Ends the step that runs. @returns whether one did */
export function stopStep() {
  if (running === undefined) return false;
  try {
    if (running.pid) process.kill(isWindows ? running.pid : -running.pid, 'SIGTERM');
  } catch {
    // It ended by itself in the meantime.
  }
  return true;
}

/** What the newest step said. */
export function stepLog() {
  return (readIfThere(logFile) ?? '').slice(logStart);
}

/**
 * @param {RegExp} pattern
 * @returns {string | undefined} the first line of the newest step that fits
 */
export function lastLog(pattern) {
  return stepLog()
    .split('\n')
    .find((line) => pattern.test(line))
    ?.trim();
}

/** @param {string} tool */
export function onPath(tool) {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, tool))
    .find((file) => existsSync(file));
}

/**
 * @param {string} file
 * @returns {string | undefined}
 */
export function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
