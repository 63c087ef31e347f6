import { errorCodes } from '../../core/domain/errors.ts';
import { Strict, StringEnum } from './common.ts';
import { Type } from './type.ts';

/** @see https://www.rfc-editor.org/rfc/rfc9457 */
export const Problem = Strict(
  {
    type: Type.String({ description: 'A page about this kind of problem: cause and remedy.' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: StringEnum(errorCodes, { description: 'Stable: for programs.' }),
    detail: Type.String({ description: 'What went wrong here and what to do, in a sentence: for people.' }),
    instance: Type.String({ description: 'Path of the request.' }),
    request_id: Type.String({ description: 'Also in X-Request-Id and in the log of the server.' }),
    errors: Type.Optional(
      Type.Array(
        Strict({
          path: Type.String({ description: 'JSON Pointer from /body, /query, /params or /headers' }),
          message: Type.String(),
        }),
        { maxItems: 20 },
      ),
    ),
    'violated-policies': Type.Optional(
      Type.Array(Type.String(), { description: 'Which of the policies in RateLimit-Policy stand in the way.' }),
    ),
  },
  { $id: 'Problem', description: 'Every answer from 400 on (RFC 9457).' },
);
