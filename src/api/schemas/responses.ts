import { RefTo } from './common.ts';
import { Problem } from './problem.ts';
import { Type } from './type.ts';

const texts: Readonly<Record<number, string>> = {
  400: 'a request that cannot be read: URL, header, cursor or filter',
  401: 'no key, or one that opens nothing',
  403: 'a web page of another origin, or a key that is for something else',
  404: 'there is no such thing',
  406: 'nothing in Accept can be served',
  409: 'its state does not allow this',
  412: 'it was changed meanwhile',
  413: 'the body is too large',
  415: 'another content type is wanted',
  416: 'the file has no such part',
  421: 'this Host is not served here',
  422: 'body or query do not fit; `errors` names each field',
  428: 'send If-Match',
  429: 'over a limit: try again after Retry-After',
  500: 'a fault of the server; the log has it under the request id',
  503: 'not now: starting, stopping, full or overloaded; try again after Retry-After',
};

const problem = (status: number) => ({
  description: texts[status] ?? 'problem',
  content: { 'application/problem+json': { schema: RefTo(Problem) } },
});

declare module 'fastify' {
  interface FastifySchema {
    /** Statuses of the problems a route may answer, besides those every route may: an unreadable URL, no key or too many wrong ones, a refused Host or page, faults. */
    problems?: readonly number[];
  }
}

const everywhere = [400, 401, 403, 421, 429, 500, 503];

/** The responses of a route for the OpenAPI document. Not given to Fastify: problems are written in one place and need no serialiser each. */
export function withProblems(response: Readonly<Record<string, unknown>>, statuses: readonly number[]): Record<string, unknown> {
  const all = [...new Set([...everywhere, ...statuses])].sort((a, b) => a - b);
  return { ...response, ...Object.fromEntries(all.map((status) => [status, problem(status)])) };
}

/** An answer without a body. */
export const Empty = (description: string) => Type.Unsafe<undefined>({ type: 'null', description });
