import type { Remains } from '../domain/bundle.ts';
import type { EndedParent } from '../domain/dependency.ts';
import type { TaskId } from '../domain/units.ts';
import type { Bytes } from './bundle-files.ts';
import type { OutputStream, Readable } from './task-files.ts';

/** An attempt that runs on a node; the caller knows that the node still has it. */
export interface RemoteAttempt {
  readonly task: TaskId;
  readonly attempt: number;
  /** Which of several parts of it; `undefined`: it has one. */
  readonly part?: number | undefined;
}

/** A file of a bundle as a node fetches it. */
export interface InputFile {
  readonly path: string;
  readonly bytes: number;
  /** Of its contents, in hexadecimal. */
  readonly sha256: string;
  readonly isExecutable: boolean;
}

/** What a job left beside its files. */
export interface LeftBeside extends Pick<Remains, 'skipped' | 'stdoutBytes' | 'stderrBytes'> {
  /** What the node says the files are: see `digestLines`. `undefined`: it says nothing. */
  readonly digest: string | undefined;
}

/** Files of a job on their way from its node. They lie apart until `show` or `keep`, and are gone after `drop` or a restart. */
export interface LeftUpload {
  /** @throws TaskRouterError `bundle_refused`, `body_too_large`, `storage_full` */
  addFile(path: string, content: Bytes): Promise<void>;
  /** Lays them over what is seen of the attempt while it runs. */
  show(): Promise<void>;
  /** Makes them its result, for good. What was kept before stays. @throws TaskRouterError `bundle_refused` where they are not what they are said to be */
  keep(beside: LeftBeside): Promise<Remains>;
  drop(): Promise<void>;
}

/** Files of attempts that run on nodes: these fetch the input, and send what the job prints and leaves. */
export interface NodeFiles {
  /** `undefined`: the task has none (any more). */
  input(task: TaskId): Promise<readonly InputFile[] | undefined>;
  openInput(task: TaskId, path: string): Promise<Readable | undefined>;
  /** What a parent left; the caller knows that it is one. `undefined`: it did not complete, left nothing, or its files were removed. */
  parent(parent: Pick<EndedParent, 'id' | 'attempt' | 'status'>): Promise<readonly InputFile[] | undefined>;
  openParent(parent: Pick<EndedParent, 'id' | 'attempt' | 'status'>, path: string): Promise<Readable | undefined>;
  /**
   * Takes what was printed from byte `offset` on; what is there already is passed over.
   * @returns bytes there are now: where the next piece begins
   */
  print(attempt: RemoteAttempt, stream: OutputStream, offset: number, text: Uint8Array): Promise<number>;
  /** @param maxBytes of all files together */
  receive(attempt: RemoteAttempt, maxBytes: number): Promise<LeftUpload>;
  /** Its end is committed. */
  end(attempt: RemoteAttempt): Promise<void>;
}
