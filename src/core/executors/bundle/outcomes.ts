import type { Outcome } from '../../domain/attempt.ts';
import { type BundleSettings, bundleLimits } from '../../domain/bundle.ts';
import type { Limit } from './ending.ts';

export const stopped: Outcome = { kind: 'stopped' };

export const noFiles: Outcome = {
  kind: 'failed',
  code: 'files_gone',
  message: 'The files of this task are gone. Submit it again with POST /api/v1/jobs.',
  retryable: false,
};

/** A job that we ended ourselves. */
export function endOf(reason: 'stopped' | Limit, { memoryMb, diskMb }: BundleSettings): Outcome {
  if (reason === 'stopped') return stopped;
  const { files, names, depth } = bundleLimits;
  const message =
    reason === 'memory_limit'
      ? `Its processes took more than ${memoryMb} MiB of memory together.`
      : `Its folder grew beyond ${diskMb} MiB, ${files} files, ${names} names or ${depth} folders deep.`;
  return { kind: 'failed', code: reason, message, retryable: false };
}

/** @param said the last line of its standard error */
export function failureOf(status: number, said: string): Outcome {
  const signal = status > 128 ? ` (signal ${status - 128})` : '';
  const message = `run.sh ended with exit status ${status}${signal}${said === '' ? '.' : `: ${said}`}`;
  return { kind: 'failed', code: 'exit_status', message, retryable: true };
}

/** The sandbox gave up after it had a first process: out of processes or memory. The script never began, and nobody should blame it. */
export function isSandboxFault(status: number, said: string): boolean {
  return status === 1 && said.startsWith('bwrap: ');
}

export function notStarted(said: string): Outcome {
  return { kind: 'lost', message: `The sandbox could not be set up${said === '' ? '.' : `: ${said}`}` };
}

/** A fault of ours: no room on the disk, no process to be had. */
export function lostOf(error: unknown): Outcome {
  return { kind: 'lost', message: `The bundle could not be run: ${error instanceof Error ? error.message : String(error)}` };
}
