import type { EndedParent } from '../domain/dependency.ts';
import type { Json } from '../domain/json.ts';
import type { TaskId } from '../domain/units.ts';

/** What crosses between the server and a handler thread, in lists. `id` numbers the attempts of one thread. */
export type ToThread =
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly type: string;
      readonly input: Json;
      readonly taskId: TaskId;
      readonly attempt: number;
      /** From 0. */
      readonly part: number;
      readonly parts: number;
      readonly parents: readonly EndedParent[];
    }
  /** Raise the attempt's signal. */
  | { readonly kind: 'stop'; readonly id: number }
  /** Import a handler file and say what it is; nothing runs. */
  | { readonly kind: 'describe'; readonly id: number; readonly type: string };

export type FromThread =
  /** Its code is loaded; nothing is sent to it before. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'succeeded'; readonly id: number; readonly result: Json }
  | { readonly kind: 'failed'; readonly id: number; readonly code: string; readonly message: string; readonly retryable: boolean }
  /** The signal is raised: the thread is alive and the handler has been told. */
  | { readonly kind: 'stopping'; readonly id: number }
  | { readonly kind: 'progress'; readonly id: number; readonly ratio: number; readonly note: string | null }
  | { readonly kind: 'log'; readonly id: number; readonly message: string }
  | { readonly kind: 'described'; readonly id: number; readonly description: string; readonly shared: boolean };

/** What a thread is started with: where the files of the user's handlers are, by type. Built-in ones it knows itself. */
export interface ThreadData {
  readonly files: ReadonlyMap<string, string>;
  readonly maxResultChars: number;
}
