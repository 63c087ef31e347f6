import { type FieldError, TaskRouterError } from '../core/domain/errors.ts';

/** `validation_failed` for fields that a schema cannot judge; the first is told as a sentence. */
export function refused(first: FieldError, ...more: readonly FieldError[]): TaskRouterError {
  const field = first.path.slice(first.path.lastIndexOf('/') + 1);
  const stop = first.message.endsWith('?') ? '' : '.';
  return new TaskRouterError('validation_failed', `${field} ${first.message}${stop}`, { errors: [first, ...more] });
}

/** The same where there is something wrong at all. @throws TaskRouterError `validation_failed` */
export function refuseAny([first, ...more]: readonly FieldError[]): void {
  if (first !== undefined) throw refused(first, ...more);
}
