import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import { useOwnChecks } from '../own-checks.ts';
import { sharedSchemas } from '../schemas/shared.ts';
import type { TSchema } from '../schemas/type.ts';
import { timeOf } from '../time.ts';

/** Like Ajv's: `errors` says why the last value did not fit. */
export interface Validator {
  (value: unknown): boolean;
  errors?: ErrorObject[] | null;
}
export type Compile = (schema: TSchema) => Validator;

/**
 * Bodies are taken as they are; query, path and headers are text by nature, so there numbers and lists are read out of it. Nothing is ever
 * dropped or rewritten: what does not fit is refused. Each validator is compiled when it is first asked: a start need not wait for all.
 */
export function useStrictValidation(app: FastifyInstance): Compile {
  const body = makeAjv(false);
  const rest = makeAjv('array');
  for (const schema of sharedSchemas) {
    app.addSchema(schema);
    body.addSchema(schema);
    rest.addSchema(schema); // a custom compiler does not see app.addSchema
  }
  app.setValidatorCompiler(({ schema, httpPart }) => onDemand(httpPart === 'body' ? body : rest, schema as TSchema));
  return (schema) => onDemand(body, schema);
}

function onDemand(ajv: Ajv, schema: TSchema): Validator {
  let compiled: ValidateFunction | undefined;
  const validate: Validator = (value) => {
    compiled ??= ajv.compile(schema);
    if (compiled(value)) return true;
    validate.errors = compiled.errors ?? null;
    return false;
  };
  return validate;
}

function makeAjv(coerceTypes: false | 'array'): Ajv {
  // `strict` governs how schemas are written; numbers stay strict, so that Infinity is not a number.
  const ajv = new Ajv({
    ...{ coerceTypes, useDefaults: false, removeAdditional: false, strict: false, strictNumbers: true },
    ...{ allErrors: true, verbose: true }, // safe: size, depth and keys of a body are bounded before
  });
  addFormats.default(ajv); // under NodeNext the plain default import does not type-check
  const isWritten = ajv.formats['date-time'] as { readonly validate: (text: string) => boolean }; // just added
  ajv.addFormat('date-time', (text) => isWritten.validate(text) && timeOf(text) !== undefined);
  useOwnChecks(ajv);
  return ajv;
}
