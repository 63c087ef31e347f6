import type { FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { type FieldError, TaskRouterError } from '../core/domain/errors.ts';
import type { Failure } from './validation-errors.ts';
import { fieldErrors, notYetTold, validationError } from './validation-errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a body that does not fit its schema: what else is wrong with it that a schema cannot know, such as names that nobody has. */
    alsoWrong?: (body: unknown) => readonly FieldError[];
  }
}

/** In the order in which Fastify looks, which stops at the first part that does not fit. */
const parts = [
  ['params', 'params', '/params'],
  ['body', 'body', '/body'],
  ['querystring', 'query', '/query'],
  ['headers', 'headers', '/headers'],
] as const;

/** The refusal of a request that does not fit its schemas: all that is wrong with it, wherever that stands. */
export function unfitRequest(
  request: FastifyRequest,
  failures: readonly FastifySchemaValidationError[],
  context: string | undefined,
): TaskRouterError {
  const refusal = validationError(failures, context);
  const at = parts.findIndex(([part]) => part === context);
  const later = at === -1 ? [] : parts.slice(at + 1).flatMap(([part, field, root]) => wrongIn(request, part, field, root));
  const errors = [...refusal.errors, ...(context === 'body' ? namesIn(request, refusal.errors) : []), ...later];
  return errors.length === refusal.errors.length ? refusal : new TaskRouterError(refusal.code, refusal.message, { errors });
}

function wrongIn(request: FastifyRequest, part: (typeof parts)[number][0], field: (typeof parts)[number][1], root: string): FieldError[] {
  const validate = request.getValidationFunction(part);
  if (validate === undefined || validate(request[field]) === true) return [];
  const errors = fieldErrors((validate.errors ?? []) as readonly Failure[], root);
  return part === 'body' ? [...errors, ...namesIn(request, errors)] : errors;
}

/** What has the wrong shape is not looked for among names. */
function namesIn(request: FastifyRequest, told: readonly FieldError[]): readonly FieldError[] {
  const { alsoWrong } = request.routeOptions.config;
  if (alsoWrong === undefined) return [];
  return notYetTold(alsoWrong(request.body), told);
}
