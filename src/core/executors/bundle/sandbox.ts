import { createHash } from 'node:crypto';
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Owner } from '../../ports/attempt-files.ts';
import { readLayout, type SandboxCommand, sandboxCommand } from './command.ts';
import { makePipes } from './pipes.ts';
import { type SandboxedProcess, startSandboxed } from './process.ts';
import { seccompFilter } from './seccomp.ts';
import { createSlotNumbers } from './slot-numbers.ts';

/** A place for one job: a folder and, as root, a user of its own. */
export interface Slot {
  readonly number: number;
  readonly owner: Owner | undefined;
}

/** What is run where; the rest is the same for all jobs. */
export type Job = Pick<SandboxCommand, 'limits' | 'network' | 'env' | 'argv'> &
  Partial<Pick<SandboxCommand, 'readOnly'>> & {
    readonly slot: Slot;
    readonly folder: RunFolder;
    readonly input?: string | undefined;
  };

export interface RunFolder {
  /** Ours: output is written here. */
  readonly path: string;
  /** The job's: what it sees as /task. */
  readonly work: string;
}

/** Slots, folders and files that every job needs. */
export interface Sandbox {
  takeSlot(): Slot;
  freeSlot(slot: Slot): void;
  makeFolder(name: string, slot: Slot): Promise<RunFolder>;
  removeFolder(folder: RunFolder): Promise<void>;
  start(job: Job): SandboxedProcess;
}

const slotsPerServer = 64;
const firstUid = 20_000;

/**
 * @param runDir where jobs have their folders; not below a folder that is closed to other users, as jobs of root are other users
 * @throws Error when the folder cannot be made or is somebody else's
 */
export function createSandbox(runDir: string): Sandbox {
  const isRoot = process.getuid?.() === 0;
  prepare(runDir, isRoot);
  const layout = readLayout();
  const filter = seccompFilter(process.arch);
  if (filter === undefined) throw new Error(`the system calls of ${process.arch} are not known to this version`);
  const seccompFile = join(runDir, 'seccomp');
  writeFileSync(seccompFile, filter, { mode: 0o600 });
  const numbers = createSlotNumbers(slotsPerServer);
  const described = new Set<number>();
  // Servers of one machine that run as root should not share users: limits count the processes of a user.
  const base = firstUid + (createHash('sha256').update(runDir).digest().readUInt16LE(0) % 500) * slotsPerServer;
  const uidOf = (slot: number) => (isRoot ? base + slot : undefined);
  const pipesOf = (slot: number) => ({ stdout: join(runDir, `stdout-${slot}`), stderr: join(runDir, `stderr-${slot}`) });
  const placesOf = ({ number, owner }: Slot) => Object.values(pipesOf(number)).map((path) => ({ path, owner }));
  makePipes(Array.from({ length: slotsPerServer }, (_, number) => placesOf(slotOf(number))).flat());

  function slotOf(number: number): Slot {
    const uid = uidOf(number);
    return { number, owner: uid === undefined ? undefined : { uid, gid: uid } };
  }

  /** The job is told who it is and who else there is: nobody. */
  function describe(slot: number): { readonly passwd: string; readonly group: string } {
    const files = { passwd: join(runDir, `passwd-${slot}`), group: join(runDir, `group-${slot}`) };
    if (described.has(slot)) return files;
    const uid = uidOf(slot) ?? process.getuid?.() ?? 0;
    const gid = uidOf(slot) ?? process.getgid?.() ?? 0;
    writeFileSync(files.passwd, `job:x:${uid}:${gid}::/task:/bin/sh\n`, { mode: 0o644 });
    writeFileSync(files.group, `job:x:${gid}:\n`, { mode: 0o644 });
    described.add(slot);
    return files;
  }

  return {
    takeSlot: () => slotOf(numbers.take()),
    freeSlot: ({ number }) => numbers.free(number),
    async makeFolder(name, { owner }) {
      const path = join(runDir, name);
      const work = join(path, 'work');
      await mkdir(path, { mode: 0o711 });
      await mkdir(work, { mode: 0o700 });
      if (owner !== undefined) await chown(work, owner.uid, owner.gid);
      return { path, work };
    },
    removeFolder: ({ path }) => removeTree(path),
    start({ slot, folder, input = '', readOnly = [], ...job }) {
      const { limits } = job;
      const counted = { ...limits, processes: slot.owner === undefined ? undefined : limits.processes };
      const command = sandboxCommand({ ...job, readOnly, ...describe(slot.number), folder: folder.work, limits: counted }, layout);
      const pipes = pipesOf(slot.number);
      makePipes(placesOf(slot)); // of more slots than usual
      const stdin = join(folder.path, 'stdin');
      writeForJob(stdin, input, slot.owner);
      const child = startSandboxed(command, { seccomp: seccompFile, stdin, ...pipes }, slot.owner);
      numbers.started(slot.number, child);
      return child;
    },
  };
}

/** To be read by the job's group, and owned by us: it cannot make it writable. */
export function writeForJob(path: string, text: string, owner: Owner | undefined): void {
  writeFileSync(path, text, { mode: 0o440 });
  if (owner !== undefined) chownSync(path, 0, owner.gid);
}

async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    await openFolders(path); // a job of our own user may have closed its folders to itself
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function openFolders(path: string): Promise<void> {
  await chmod(path, 0o700);
  for (const entry of await readdir(path, { withFileTypes: true })) if (entry.isDirectory()) await openFolders(join(path, entry.name));
}

/** Ours, empty, and only to be walked through by others. In a folder that all may write to, somebody else may have been here first. */
function prepare(runDir: string, isRoot: boolean): void {
  mkdirSync(runDir, { recursive: true, mode: 0o711 });
  const stats = lstatSync(runDir);
  if (!stats.isDirectory() || stats.uid !== process.getuid?.()) throw new Error(`${runDir} belongs to somebody else`);
  chmodSync(runDir, isRoot ? 0o711 : 0o700);
  for (const name of readdirSync(runDir)) rmSync(join(runDir, name), { recursive: true, force: true });
}
