/** Where the parts of an attempt wait for each other: files are brought and folders made at different speeds, and may fail. */
export interface StartLine {
  /** Some part is waited for. */
  readonly isAwaited: boolean;
  /** Settles when all could begin. */
  readonly all: Promise<void>;
  /** A part could begin now; told again it changes nothing. Settles when all could: never, where one of them gives up before. */
  ready(part: number): Promise<void>;
}

/** @param parts that are waited for; who is none of them waits for them */
export function createStartLine(parts: readonly number[]): StartLine {
  const missing = new Set(parts);
  let begin = () => {};
  const all = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const isAwaited = missing.size > 0;
  if (!isAwaited) begin();

  return {
    isAwaited,
    all,
    ready(part) {
      missing.delete(part);
      if (missing.size === 0) begin();
      return all;
    },
  };
}
