/**
 * Why the server cannot start, in one line for the operator. Exit codes follow sysexits.h:
 * 69 port in use, 70 storage fault, 75 another server holds the lock, 78 configuration or data folder unusable.
 */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  readonly exitCode: 69 | 70 | 75 | 78;

  constructor(exitCode: StartupError['exitCode'], message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = exitCode;
  }
}
