import type { FastifyRequest } from 'fastify';
import { TaskRouterError } from '../../core/domain/errors.ts';
import { type ProblemBody, toProblem } from '../errors.ts';
import type { Static, TSchema } from '../schemas/type.ts';
import { validationError } from '../validation-errors.ts';

/**
 * The body that a form stands for, checked by the schema of the API.
 * @throws TaskRouterError `validation_failed` with the paths the API would name
 */
export function checkBody<S extends TSchema>(request: FastifyRequest, schema: S, body: unknown): Static<S> {
  const validate = request.getValidationFunction(schema) ?? request.compileValidationSchema(schema, 'body');
  if (validate(body)) return body as Static<S>; // just checked
  throw validationError(validate.errors ?? [], 'body');
}

/**
 * Runs what a form asks for. What the reader can mend comes back as a problem to show at the form; what they cannot is thrown on.
 * @throws what is no TaskRouterError, or no matter of the form
 */
export async function attempt<T>(
  request: FastifyRequest,
  act: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly problem: ProblemBody; readonly cause: TaskRouterError }> {
  try {
    return { value: await act() };
  } catch (error) {
    if (!(error instanceof TaskRouterError) || error.code === 'not_found') throw error;
    return { problem: toProblem(error, request.url, request.id), cause: error };
  }
}
