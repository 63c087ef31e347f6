import type { FieldError } from '../core/domain/errors.ts';
import type { ReplayRequest, ReplayResult } from '../core/domain/replay.ts';
import type { ReplayRun } from '../core/ports/replay-runner.ts';
import type { ReplaySetting } from '../core/replay/history/replay-history.ts';

/** What the thread is started with. */
export interface ReplayJob {
  /** Folder of the database. */
  readonly dataDir: string;
  readonly request: ReplayRequest;
  /** The file, where one was sent. */
  readonly trace: Uint8Array | undefined;
  readonly setting: ReplaySetting;
}

export type FromReplayThread =
  /** The window cannot be replayed. */
  | { readonly kind: 'refused'; readonly message: string; readonly errors: readonly FieldError[] }
  | { readonly kind: 'begun'; readonly run: Omit<ReplayRun, 'cancel'> }
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'completed'; readonly result: ReplayResult };
