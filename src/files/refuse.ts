import { bytesText } from '../core/domain/bytes.ts';
import { TaskRouterError } from '../core/domain/errors.ts';

/** A bundle that cannot be taken, with the file it is about. */
export function refusal(path: string, problem: string): TaskRouterError {
  const shown = JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
  return new TaskRouterError('bundle_refused', `The bundle cannot be taken: ${shown}: ${problem}.`, {
    errors: [{ path: '/body/files', message: `${shown}: ${problem}` }],
  });
}

/** @param setting which one changes that */
export function tooLarge(what: string, limit: number, setting = 'No setting changes that.'): TaskRouterError {
  return new TaskRouterError('body_too_large', `${what}: at most ${bytesText(limit)} are taken. ${setting}`);
}

/** What the file system says when there is no room is the server's trouble, not the client's. */
export function asRefusal(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new TaskRouterError('storage_full', 'There is no room for files on the disk of the server. Try again later.', {
      retryAfterS: 30,
      cause: error,
    });
  return error;
}

/** An error of a parser about what it reads, as against our own words and those of the file system. */
export function isUnreadable(error: unknown): error is Error {
  return error instanceof Error && !(error instanceof TaskRouterError) && (error as NodeJS.ErrnoException).syscall === undefined;
}
