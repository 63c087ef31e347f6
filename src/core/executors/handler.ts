import type { EndedParent } from '../domain/dependency.ts';
import type { Json } from '../domain/json.ts';
import type { TaskId } from '../domain/units.ts';

/** What a handler is told about the attempt it works on, and may tell back. */
export interface HandlerContext {
  readonly taskId: TaskId;
  /** From 1. The same task may come again: use id and attempt to do a thing once. */
  readonly attempt: number;
  /** Which part of its task it is, from 0, where that has several: the rank of MPI. They start together, with the same input. */
  readonly part: number;
  /** How many parts there are: the size of MPI; 1 for most tasks. */
  readonly parts: number;
  /** The tasks it depends on, by name: how they ended and what they returned. */
  readonly parents: Readonly<Record<string, EndedParent>>;
  /** Raised on timeout, deadline, cancel and shutdown. A handler that has not ended about 2 s later loses its thread. */
  readonly signal: AbortSignal;
  /** How far it is, 0-1, with a note for people. Told at most every 100 ms; the newest wins. */
  progress(ratio: number, note?: string): void;
  /** A line for the operator's log; the first 100 of an attempt are kept, 1,000 characters each. */
  log(message: string): void;
}

/**
 * Does the work of one task type. What it returns (any JSON value; `undefined` is null) is the task's result; what it throws fails the
 * attempt, which is tried again unless the error says `retryable: false`.
 */
export type Handler = (input: Json, context: HandlerContext) => Json | undefined | Promise<Json | undefined>;

/** A task type of a function pool: a handler, and what the catalogue shows about it. */
export interface HandlerDefinition {
  readonly description: string;
  /**
   * The handler waits rather than computes, so that many attempts of this type may share one thread. Without it every attempt has a
   * thread to itself and can hold up nobody.
   */
  readonly shared: boolean;
  readonly handler: Handler;
}

/** The input is of no use to this handler, and would not be on another try. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly retryable = false;
}
