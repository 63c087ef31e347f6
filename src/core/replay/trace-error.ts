/** A trace that cannot be used as it is. The message says what is wrong and names the line where there is one. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
  /** From 1; `undefined` when the fault is not in one line. */
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(line === undefined ? message : `line ${line}: ${message}`);
    this.line = line;
  }
}
