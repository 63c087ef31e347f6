// @ts-check
/** Commands that take a while: a line for people, and everything they say in a log. */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tellWhileWaiting } from './install-progress.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const logFile = join(root, '.logs', 'install.log');
const isWindows = process.platform === 'win32';

/** Where the newest step begins in the log. */
let logStart = 0;

/** Steps that were planned, and begun. */
let planned = 0;
let begun = 0;

/** @type {import('node:child_process').ChildProcess | undefined} */
let running;
let stopTelling = () => {};

/** @param {number} steps that are known to be needed: more may turn out to be */
export function planSteps(steps) {
  planned = steps;
}

export function hasStepped() {
  return begun > 0;
}

/**
 * Runs one command: a line when it begins with how long it usually takes, what it is at while it goes on, and how long it took; all it says
 * itself is in the log.
 * @param {string} title
 * @param {string} usual
 * @param {string} command
 * @param {string[]} args
 * @param {ReturnType<typeof import('./install-progress.mjs').createInstallProgress>} [progress]
 * @returns {Promise<number>} its exit code
 */
export async function step(title, usual, command, args, progress) {
  begun++;
  process.stderr.write(`Step ${begun} of ${Math.max(planned, begun)}: ${title} (${usual}; log in .logs/install.log)\n`);
  appendFileSync(logFile, `\n# ${new Date().toISOString()} ${title}\n`);
  logStart = statSync(logFile).size;
  const waiting = tellWhileWaiting({
    ...{ write: (text) => void process.stderr.write(text), isTerminal: process.stderr.isTTY === true },
    ...(progress && { doing: progress.text }),
  });
  stopTelling = () => waiting.end('stopped');
  const exitCode = await runLogged(command, args, progress?.take);
  waiting.end(exitCode === 0 ? 'done' : 'failed');
  return exitCode;
}

/**
 * The child leads a process group of its own, so that a signal to us ends the compilers below npm too.
 * @param {string} command
 * @param {string[]} args
 * @param {(text: string) => void} [heard]
 * @returns {Promise<number>}
 */
function runLogged(command, args, heard = () => {}) {
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
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        appendFileSync(logFile, data);
        heard(String(data));
      });
    }
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

/** Ends the step that runs, and says so. */
export function stopStep() {
  if (running === undefined) return;
  stopTelling();
  try {
    if (running.pid) process.kill(isWindows ? running.pid : -running.pid, 'SIGTERM');
  } catch {
    // It ended by itself in the meantime.
  }
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
