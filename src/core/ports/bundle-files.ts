import type { BundleSummary } from '../domain/bundle.ts';
import type { TaskId } from '../domain/units.ts';

/** Bytes as they come; a stream of Node.js is one. */
export type Bytes = AsyncIterable<Uint8Array>;

export const archiveKinds = ['zip', 'tar.gz'] as const;
export type ArchiveKind = (typeof archiveKinds)[number];

/**
 * One bundle on its way in. It lies apart until `keep`, and is gone after `drop` or a restart. Every method throws TaskRouterError
 * `bundle_refused`, `body_too_large` or `storage_full` for what cannot be taken; nothing but `drop` makes sense after that.
 */
export interface Upload {
  /** @param path where it lies in the bundle, as the client says */
  addFile(path: string, content: Bytes): Promise<void>;
  addArchive(kind: ArchiveKind, content: Bytes): Promise<void>;
  /** Looks at the whole: is there something to run, and can it be run. */
  check(): Promise<BundleSummary>;
  /** Makes it the durable input of `task`, which the caller is about to submit. */
  keep(task: TaskId): Promise<void>;
  drop(): Promise<void>;
}

/** What uploads of one request have taken so far: together they may have what one may. */
export interface UploadTotal {
  files: number;
  bytes: number;
}

export interface UploadOptions {
  /** Whether `check` says what makes the bundle the same as another. */
  readonly digest: boolean;
  /** Shared with the others of its request; left out: it is alone. */
  readonly total?: UploadTotal;
}

/** The files that tasks begin with. Input without a task is removed at the next start. */
export interface BundleInputs {
  receive(options: UploadOptions): Promise<Upload>;
  /** Gives `to` the same input. `false`: it is there no more. */
  copy(from: TaskId, to: TaskId): Promise<boolean>;
  /** Removes the input of a task that came to nothing. */
  drop(task: TaskId): Promise<void>;
}
