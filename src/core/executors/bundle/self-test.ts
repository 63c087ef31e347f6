import { readFileSync, readlinkSync } from 'node:fs';
import { access, constants, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxState } from '../../domain/sandbox.ts';
import { probeScript } from './probe-script.ts';
import { createSandbox, type RunFolder, type Sandbox } from './sandbox.ts';

export interface SandboxFound {
  readonly state: SandboxState;
  /** `undefined` where the state has a reason. */
  readonly sandbox: Sandbox | undefined;
}

const probeStatus = 7;
/** A probe that hangs is a sandbox that does not work. */
const probeMs = 10_000;
const mib = 1_048_576;

/**
 * Finds out whether jobs can be shut in here by letting one try to get out. Never throws.
 * @param runDir where jobs get their folders
 * @param dataDir what no job may see
 */
export async function findSandbox(runDir: string, dataDir: string): Promise<SandboxFound> {
  const refused = (reason: string, cure: string): SandboxFound => ({ state: { tier: 3, reason, cure }, sandbox: undefined });
  if (process.platform !== 'linux')
    return refused(`Bundles need Linux, and this is ${process.platform}.`, 'Run the server on Linux, or a worker there.');
  const missing = await missingProgram();
  if (missing !== undefined) {
    const [program, pkg] = missing;
    return refused(
      `${program} is not installed.`,
      `Install it (apt-get install ${pkg}, or your system's package) and start the server again.`,
    );
  }
  try {
    const sandbox = createSandbox(runDir);
    const { escapes, said } = await probe(sandbox, runDir, dataDir);
    if (escapes.length === 0) return { state: { tier: 1, reason: null, cure: null }, sandbox };
    return refused(
      said === '' ? `A job in the sandbox could: ${escapes.join(', ')}.` : `The sandbox cannot be set up: ${said}.`,
      said.includes('Permission denied')
        ? 'Set TRX_RUN_DIR to a folder below which other users may walk: jobs of root run as users of their own.'
        : 'Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1; in a container, a seccomp profile that lets them be made) and use bubblewrap 0.8 or later.',
    );
  } catch (error) {
    return refused(
      `The sandbox cannot be set up: ${error instanceof Error ? error.message : String(error)}.`,
      `Set TRX_RUN_DIR to a folder that the server may make and other users may walk through.`,
    );
  }
}

const programs: readonly (readonly [name: string, pkg: string])[] = [
  ['bwrap', 'bubblewrap'],
  ['prlimit', 'util-linux'],
  ['mkfifo', 'coreutils'],
  ['bash', 'bash'],
];

async function missingProgram() {
  for (const [name, pkg] of programs) {
    const places = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'].map((folder) => join(folder, name));
    const found = await Promise.all(
      places.map((path) =>
        access(path, constants.X_OK).then(
          () => true,
          () => false,
        ),
      ),
    );
    if (!found.includes(true)) return [name, pkg] as const;
  }
  return undefined;
}

/** Runs the probe as a job would run. @returns what it could do; `said` instead when it never began */
async function probe(sandbox: Sandbox, runDir: string, dataDir: string): Promise<{ escapes: readonly string[]; said: string }> {
  const slot = sandbox.takeSlot();
  const folder = await sandbox.makeFolder('probe', slot);
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  try {
    await writeFile(join(folder.work, 'run.sh'), probeScript, { mode: 0o644 });
    const child = sandbox.start({
      ...{ slot, folder, network: false, argv: ['/bin/bash', 'run.sh'] },
      limits: { memoryBytes: 256 * mib, processes: 64, fileBytes: mib, cpuS: 10 },
      env: {
        ...{ PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', HOME: '/task', TASK_ID: 'probe' },
        ...{ PROBE_DATA: dataDir, PROBE_JOBS: runDir, PROBE_USER: slot.owner === undefined ? 'same' : 'other' },
        ...{ PROBE_PORT: String(typeof address === 'object' ? address?.port : 0), PROBE_NAMESPACES: namespaces() },
      },
    });
    const limit = setTimeout(() => child.kill(), probeMs).unref();
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const exit = await child.ended;
    clearTimeout(limit);
    const said = lastLineOf(stderr);
    // What the sandbox itself has to say is on standard error, and the probe says nothing there.
    if (exit === undefined || (stdout === '' && exit.status !== probeStatus)) return { escapes: ['begin'], said };
    const escapes = stdout.split('\n').flatMap((line) => (line.startsWith('worked: ') ? [line.slice('worked: '.length)] : []));
    if (exit.status !== probeStatus) escapes.push(`end with status ${exit.status} instead of ${probeStatus} (${said})`);
    if (await outlived(folder)) escapes.push('leave a process behind');
    return { escapes, said: '' };
  } finally {
    listener.close();
    await sandbox.removeFolder(folder);
    sandbox.freeSlot(slot);
  }
}

/** The probe leaves a daemon that writes the time, again and again. */
async function outlived({ work }: RunFolder): Promise<boolean> {
  const alive = () => readFileSync(join(work, 'alive'), 'utf8');
  const before = alive();
  await sleep(60);
  return alive() !== before;
}

function namespaces(): string {
  return ['mnt', 'pid', 'net', 'ipc', 'user'].map((kind) => readlinkSync(`/proc/self/ns/${kind}`)).join('\n');
}

function lastLineOf(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(-300) ?? '';
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += String(chunk).slice(0, 65_536 - all.length);
  return all;
}
