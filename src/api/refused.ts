import { type FieldError, TaskRouterError } from '../core/domain/errors.ts';

/** `validation_failed` for one field that a schema cannot judge. */
export function refused(error: FieldError): TaskRouterError {
  const field = error.path.slice(error.path.lastIndexOf('/') + 1);
  return new TaskRouterError('validation_failed', `${field} ${error.message}.`, { errors: [error] });
}
