/** A trace as it was read, in the order of its lines: nothing is dropped, cut or sorted yet. Unknown is -1. Times are seconds. */
export interface Trace {
  /** Entries of the header by name as written (`MaxProcs`), the first of a name; none in formats without a header. */
  readonly headers: ReadonlyMap<string, string>;
  readonly count: number;
  readonly id: Float64Array;
  /** Since the begin of the log. */
  readonly submit: Float64Array;
  readonly run: Float64Array;
  readonly allocated: Float64Array;
  readonly requested: Float64Array;
  /** The user's estimate of the run time. */
  readonly estimate: Float64Array;
  readonly user: Float64Array;
  /** Line of each job in the file, from 1. */
  readonly line: Float64Array;
  /** What the file has against its format and was put up with. */
  readonly notes: readonly string[];
  /** What the numbers stand for, in formats that have names. */
  readonly names?: TraceNames;
  /** What tasks have and jobs of a log have not; by id - 1. */
  readonly tasks?: readonly TaskFields[];
}

export interface TraceNames {
  /** By id - 1. */
  readonly jobs: readonly string[];
  /** By number of the user. */
  readonly users: readonly string[];
}

/** The part of a task that places it and bills it. */
export interface TaskFields {
  readonly type: string;
  /** 1-10, larger first. */
  readonly priority: number;
  /** Home region; `undefined`: none. */
  readonly region: string | undefined;
  /** `undefined`: any. */
  readonly resourceType: 'cpu' | 'gpu' | undefined;
  /** Units of work, > 0. */
  readonly cost: number;
  /** Seconds since the begin of the trace; `undefined`: none. */
  readonly deadline: number | undefined;
}
