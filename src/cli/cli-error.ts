/** Exit codes of `trx`; the documentation of a command says which it has. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  notAllowed: 5,
  limited: 6,
  unreachable: 7,
  /** What was waited for ended, and not well. */
  endedBadly: 8,
  waitedTooLong: 124,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends the command with a message that says what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** One of `exitCodes`, or that of a program whose end is told. */
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What was typed cannot be meant. */
export function usageError(message: string): CliError {
  return new CliError(exitCodes.usage, message);
}

/** It was understood and could not be done. */
export function failure(message: string): CliError {
  return new CliError(exitCodes.failed, message);
}
