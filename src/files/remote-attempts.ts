import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { type BundleLimits, bundleLimits, type Remains } from '../core/domain/bundle.ts';
import type { TaskId } from '../core/domain/units.ts';
import { openBeneath } from '../core/executors/bundle/left-files.ts';
import type { RunningBundle } from '../core/ports/attempt-files.ts';
import type { LeftBeside, LeftUpload, NodeFiles, RemoteAttempt } from '../core/ports/node-files.ts';
import type { OutputPiece, OutputStream } from '../core/ports/task-files.ts';
import { removeTree } from './durable.ts';
import { inputFiles } from './input-files.ts';
import { linkFiles } from './inputs.ts';
import { createLeftUpload } from './left-upload.ts';
import { parentFiles, resultFolder } from './parent-files.ts';
import type { FilePlaces } from './places.ts';
import { asRefusal } from './refuse.ts';
import { readable } from './task-files.ts';

/** What is here of an attempt that runs elsewhere. */
interface Live {
  readonly running: RunningBundle & { stdoutBytes: number; stderrBytes: number };
  readonly decoders: Readonly<Record<OutputStream, StringDecoder>>;
  /** Pieces of output are written one after the other. */
  last: Promise<unknown>;
  /** Nothing is written any more. */
  isOver: boolean;
}

/** The first request makes the folder, and whoever comes meanwhile waits for that one. */
interface Made {
  readonly attempt: number;
  readonly live: Promise<Live>;
}

export interface RemoteAttempts extends NodeFiles {
  /** What is seen of an attempt of this task that runs on a node. */
  running(task: TaskId): readonly RunningBundle[];
}

/**
 * Attempts on nodes have a folder here that follows theirs. It lies with the uploads and does not outlive a restart: the node is told how
 * much there is, and sends the rest again.
 */
export function createRemoteAttempts(
  places: FilePlaces,
  limits: BundleLimits = bundleLimits,
  onOutput: (piece: OutputPiece) => void = () => {},
): RemoteAttempts {
  /** By task and part. */
  const lives = new Map<string, Made>();
  const shown = new Map<TaskId, Map<number, Live>>();

  function liveOf(of: RemoteAttempt): Promise<Live> {
    const known = lives.get(keyOf(of));
    if (known?.attempt === of.attempt) return known.live;
    const made = { attempt: of.attempt, live: makeLive(of) };
    lives.set(keyOf(of), made);
    made.live.then(
      (live) => {
        if (lives.get(keyOf(of)) === made) show(of, live);
      },
      () => {
        if (lives.get(keyOf(of)) === made) lives.delete(keyOf(of)); // the next request tries again
      },
    );
    return made.live;
  }

  async function makeLive({ task, attempt, part }: RemoteAttempt): Promise<Live> {
    const at = folderOf({ task, attempt, part });
    await removeTree(at);
    await mkdir(join(at, 'work'), { recursive: true, mode: 0o700 });
    await linkFiles(places.inputOf(task), join(at, 'work'));
    const running = { attempt, part, folder: join(at, 'work'), stdout: join(at, 'stdout'), stderr: join(at, 'stderr') };
    for (const stream of ['stdout', 'stderr'] as const) await writeFile(running[stream], '', { mode: 0o600, flag: 'wx' });
    return {
      running: { ...running, stdoutBytes: 0, stderrBytes: 0 },
      decoders: { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') },
      last: Promise.resolve(),
      isOver: false,
    };
  }

  function folderOf(of: RemoteAttempt): string {
    return join(places.incoming, `${keyOf(of)}.${of.attempt}`);
  }

  async function append(live: Live, task: TaskId, stream: OutputStream, offset: number, text: Uint8Array): Promise<number> {
    const { running, decoders } = live;
    const counter = stream === 'stdout' ? 'stdoutBytes' : 'stderrBytes';
    const there = running[counter];
    if (offset > there || live.isOver) return there;
    const fresh = text.subarray(there - offset).subarray(0, Math.max(0, limits.outputBytes - there));
    if (fresh.length === 0) return there;
    await appendFile(running[stream], fresh);
    running[counter] += fresh.length;
    const piece = decoders[stream].write(fresh);
    if (piece !== '') onOutput({ task, attempt: running.attempt, part: running.part ?? 0, stream, offset: there, text: piece });
    return running[counter];
  }

  async function keptOf(of: RemoteAttempt, upload: LeftUpload, beside: LeftBeside): Promise<Remains> {
    const remains = await upload.keep(beside);
    hide(of);
    return remains;
  }

  function show({ task, part = 0 }: RemoteAttempt, live: Live): void {
    shown.set(task, (shown.get(task) ?? new Map<number, Live>()).set(part, live));
  }

  /** What is kept is seen where it is kept, and a part may wait long for the others then. */
  function hide({ task, part = 0 }: RemoteAttempt): void {
    const parts = shown.get(task);
    parts?.delete(part);
    if (parts?.size === 0) shown.delete(task);
  }

  return {
    input: (task) => inputFiles(places, task),
    openInput: (task, path) => readable(() => openBeneath(places.inputOf(task), path)),
    parent: (parent) => parentFiles(places, parent),
    async openParent(parent, path) {
      const root = await resultFolder(places, parent);
      return root === undefined ? undefined : readable(() => openBeneath(root, path));
    },
    async print(of, stream, offset, text) {
      try {
        const live = await liveOf(of);
        const written = live.last.then(() => append(live, of.task, stream, offset, text));
        live.last = written.catch(() => {});
        return await written;
      } catch (error) {
        throw asRefusal(error);
      }
    },
    async receive(of, maxBytes) {
      try {
        const { running } = await liveOf(of);
        const upload = await createLeftUpload(places, { ...limits, unpackedBytes: maxBytes }, { ...of, running });
        return { ...upload, keep: (beside) => keptOf(of, upload, beside) };
      } catch (error) {
        throw asRefusal(error);
      }
    },
    running(task) {
      return Array.from(shown.get(task)?.values() ?? [], ({ running }) => running);
    },
    async end(of) {
      const made = lives.get(keyOf(of));
      if (made?.attempt !== of.attempt) return;
      const live = await made.live.catch(() => undefined);
      if (live === undefined || live.isOver) return;
      live.isOver = true;
      if (lives.get(keyOf(of)) === made) {
        lives.delete(keyOf(of));
        hide(of);
      }
      await live.last;
      await removeTree(folderOf(of));
    },
  };
}

function keyOf({ task, part }: RemoteAttempt): string {
  return part === undefined ? task : `${task}.part-${part}`;
}
