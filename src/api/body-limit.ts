import type { FastifyRequest } from 'fastify';
import { bytesText } from '../core/domain/bytes.ts';
import { TaskRouterError } from '../core/domain/errors.ts';

/** Of the dashboard's forms: a form is short; payloads that are not belong to the API. */
export const formLimitBytes = 262_144;

/** Where else to send what is too large, by the end of the path. */
const ways: readonly (readonly [path: RegExp, way: string])[] = [
  [/\/tasks\/batch$/, 'Send it in several batches.'],
  [/\/jobs\/batch$/, 'Send it in several requests.'],
  [/\/jobs$/, 'Send fewer or smaller files.'],
  [/\/tasks(?:\/preview)?$/, 'Send large input as files: POST /api/v1/jobs.'],
  [/\/(?:results|notes)$/, 'Report fewer at once.'],
  [/^\//, 'Send less at once.'],
];

/** The refusal of a body that is larger than its route reads: which limit that is, and what to do. No setting changes these limits. */
export function bodyTooLarge(request: FastifyRequest, cause: Error): TaskRouterError {
  const { method, headers } = request;
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const limit = isForm ? formLimitBytes : request.routeOptions.bodyLimit;
  const path = request.url.split('?', 1)[0] ?? '/';
  const length = Number(headers['content-length']);
  const was = length > limit ? `, and this one has ${length.toLocaleString('en')}` : '';
  const way = ways.find(([of]) => of.test(path))?.[1];
  const message = `may have at most ${bytesText(limit)}${was}`;
  return new TaskRouterError('body_too_large', `A body of ${method} ${path.slice(0, 200)} ${message}. No setting changes that. ${way}`, {
    errors: [{ path: '/body', message }],
    cause,
  });
}
