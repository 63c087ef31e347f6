import type { FastifyRequest } from 'fastify';
import type { FieldError } from '../../core/domain/errors.ts';
import type { Static, TObject } from '../schemas/type.ts';
import { Type } from '../schemas/type.ts';
import { fieldErrors } from '../validation-errors.ts';
import { queryOf } from './asked.ts';

/** What the address of any page may hold beside what the page is asked for. */
export const anyPage = {
  paused: Type.Optional(Type.String({ maxLength: 8 })),
  refresh: Type.Optional(Type.Integer({ minimum: 5, maximum: 600 })),
};

/** What could be read of an address, and what is wrong with the rest. */
export interface Address<T> {
  readonly given: Partial<T>;
  readonly errors: readonly FieldError[];
}

interface AddressOptions {
  /** Instead of the address. */
  readonly query?: URLSearchParams;
  /** Also tells names that nobody knows: of what is done to all that match, or taken away, and not only shown. */
  readonly isStrict?: boolean;
}

/**
 * What a page is asked for, checked by the words of a schema like a query of the API: what does not fit is told and not passed over, or the
 * page would show something else than was asked for. A field left empty in a form is one left out. Names that the page does not know are
 * passed over, unlike those of a query of the API: others put their own behind an address that is sent around, and old bookmarks stay good.
 */
export function readAddress<S extends TObject>(
  request: FastifyRequest,
  schema: S,
  { query = queryOf(request), isStrict = false }: AddressOptions = {},
): Address<Static<S>> {
  const asked: Record<string, unknown> = {};
  for (const name of isStrict ? new Set(query.keys()) : Object.keys(schema.properties)) {
    const texts = query.getAll(name).map((text) => text.trim());
    const filled = texts.filter((text) => text !== '');
    if (filled.length > 0) Object.defineProperty(asked, name, { value: filled.length === 1 ? filled[0] : filled, ...plain });
  }
  const validate = request.getValidationFunction(schema) ?? request.compileValidationSchema(schema, 'querystring');
  if (validate(asked)) return { given: asked as Partial<Static<S>>, errors: [] }; // just checked
  const errors = fieldErrors(validate.errors ?? [], '/query');
  const wrong = new Set(errors.map(({ path }) => path.split('/')[2]));
  return { given: Object.fromEntries(Object.entries(asked).filter(([name]) => !wrong.has(name))) as Partial<Static<S>>, errors };
}

/** Also for a parameter that is called `__proto__`. */
const plain = { enumerable: true, configurable: true, writable: true };
