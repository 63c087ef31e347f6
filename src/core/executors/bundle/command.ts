import { existsSync, lstatSync, readlinkSync } from 'node:fs';

/** Folders of programs and libraries that a job sees, and how this machine has them: a link into /usr, or a folder of its own. */
const systemFolders = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** Some programs are nothing without these: `awk` of Debian is a link through /etc/alternatives. */
const systemFiles = ['/etc/alternatives', '/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d', '/etc/localtime'];
/** With a network: how names are resolved and whom to trust. */
const networkFiles = ['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf', '/etc/ssl', '/etc/ca-certificates', '/etc/services'];

const mib = 1_048_576;
const tmpBytes = 64 * mib;
const sharedMemoryBytes = 16 * mib;
const openFiles = 256;
/** Of bubblewrap, outside and inside: they run as the job's user and are not the job's. */
const ownProcesses = 2;

/** Numbers of descriptors that bubblewrap gets besides the usual three. */
export const descriptors = { info: 3, seccomp: 4 } as const;

export interface SandboxLimits {
  /** Data of one process, in bytes. */
  readonly memoryBytes: number;
  /** Processes of the job's user; `undefined`: cannot be told from others here. */
  readonly processes: number | undefined;
  readonly fileBytes: number;
  /** Processor time of one process, in seconds. */
  readonly cpuS: number;
}

/** Something of this machine that a job may read under another path. */
export interface ReadOnly {
  readonly from: string;
  readonly to: string;
}

export interface SandboxCommand {
  /** The one folder it may write to; it sees it as /task. */
  readonly folder: string;
  /** Nobody can change these in there, not even who owns them. */
  readonly readOnly: readonly ReadOnly[];
  readonly passwd: string;
  readonly group: string;
  readonly limits: SandboxLimits;
  readonly network: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** What to run, with its arguments. */
  readonly argv: readonly string[];
}

/** How /bin and its like are laid into a sandbox: read once, it does not change. */
export function readLayout(): readonly string[] {
  return systemFolders.filter(existsSync).flatMap((folder) => {
    const isLink = lstatSync(folder).isSymbolicLink();
    return isLink ? ['--symlink', readlinkSync(folder), folder] : ['--ro-bind', folder, folder];
  });
}

/**
 * The command line of one job: limits, then namespaces for everything. Given to the kernel as it is, never through a shell.
 * @param layout of readLayout
 */
export function sandboxCommand(job: SandboxCommand, layout: readonly string[]): readonly [program: string, args: readonly string[]] {
  const { limits } = job;
  const args = [
    ...(limits.processes === undefined ? [] : [`--nproc=${limits.processes + ownProcesses}`]),
    `--fsize=${limits.fileBytes}`,
    `--nofile=${openFiles}`,
    '--core=0',
    `--cpu=${limits.cpuS}`,
    `--data=${limits.memoryBytes}`,
    ...['bwrap', ...bwrapArgs(job, layout), '--', ...job.argv],
  ];
  return ['prlimit', args];
}

function bwrapArgs(job: SandboxCommand, layout: readonly string[]): readonly string[] {
  const { folder, readOnly, passwd, group, network, env } = job;
  const readable = [...systemFiles, ...(network ? networkFiles : [])];
  return [
    ...['--unshare-user', '--unshare-all', '--disable-userns', '--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--clearenv'],
    ...(network ? ['--share-net'] : []),
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--ro-bind', '/usr', '/usr', ...layout],
    ...readable.flatMap((path) => ['--ro-bind-try', path, path]),
    ...['--ro-bind', passwd, '/etc/passwd', '--ro-bind', group, '/etc/group'],
    ...['--proc', '/proc', '--dev', '/dev'],
    ...['--size', String(tmpBytes), '--tmpfs', '/tmp', '--size', String(sharedMemoryBytes), '--tmpfs', '/dev/shm'],
    ...readOnly.flatMap(({ from, to }) => ['--ro-bind', from, to]),
    ...['--bind', folder, '/task', '--chdir', '/task', '--remount-ro', '/'],
    ...['--seccomp', String(descriptors.seccomp), '--info-fd', String(descriptors.info)],
  ];
}
