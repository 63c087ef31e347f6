import type { Remains } from '../domain/bundle.ts';
import type { EndedParent } from '../domain/dependency.ts';
import type { Task } from '../domain/task.ts';
import type { TaskId } from '../domain/units.ts';

/** Who shall own what is laid into a folder; `undefined`: who lays it there. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** What an attempt left where it ran, after its last process ended. All are absolute paths. */
export interface LeftBehind {
  /** Which of several parts left it; `undefined`: the attempt has one. */
  readonly part?: number | undefined;
  readonly folder: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Written, kept or not. */
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  /** What is kept of it at most. */
  readonly maxBytes: number;
}

/** Files of a parent, at a place where an attempt may read them. */
export interface ParentFiles {
  readonly parent: TaskId;
  /** Absolute path of the folder. */
  readonly path: string;
}

/** How the files of attempts come to where they run and back: the disk of the server, or HTTP from a node. */
export interface AttemptFiles {
  /** Lays the input of `task` into `folder`, which is empty. `false`: it has none (any more). */
  bring(task: Task, folder: string, owner: Owner | undefined): Promise<boolean>;
  /**
   * What the parents of a task that completed have left, to be read by `owner` and changed by nobody: where it lies, or laid into `folder`,
   * which is empty. Those that left nothing, or whose files were removed, are left out.
   */
  bringParents(task: Task, parents: readonly EndedParent[], folder: string, owner: Owner | undefined): Promise<readonly ParentFiles[]>;
  /** Keeps what was left. Seen by others from the moment on in which the end of the attempt is committed. */
  keep(task: Task, attempt: number, left: LeftBehind): Promise<Remains>;
}

/** An attempt that runs now, or one of its parts, and where. */
export interface RunningBundle {
  readonly attempt: number;
  /** `undefined`: the attempt has one. */
  readonly part?: number | undefined;
  readonly folder: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
}
