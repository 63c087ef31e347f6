import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';
import { refused } from './refused.ts';
import type { Strict } from './schemas/common.ts';
import type { pageInfo, pageQuery } from './schemas/paging.ts';
import type { Static } from './schemas/type.ts';

export type PageQuery = Static<ReturnType<typeof Strict<typeof pageQuery>>>;
export type PageInfo = Static<ReturnType<typeof Strict<typeof pageInfo>>>;

/** Rows that `page` may pass over: beyond this the database would read them all to throw them away. */
const maxOffset = 100_000;

/** Which rows of a list, newest first, are wanted. */
export interface Window {
  readonly limit: number;
  /** `null` when paging by cursor. */
  readonly page: number | null;
  readonly offset: number;
  readonly cursor: Cursor | undefined;
}

/** What the facade says of a page, and the keys of its first and last row. */
interface Found {
  readonly total: number;
  readonly totalIsCapped: boolean;
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  readonly newest: number | undefined;
  readonly oldest: number | undefined;
}

/**
 * The original's page and page_size, or cursor and limit.
 * @param filter all that decides which rows belong to the list
 * @throws TaskRouterError `validation_failed`, `invalid_cursor`
 */
export function windowOf(query: PageQuery, filter: unknown): Window {
  const { page = 1, page_size: pageSize = 10, cursor, limit } = query;
  if (cursor === undefined && limit === undefined) {
    const offset = (page - 1) * pageSize;
    if (offset > maxOffset)
      throw refused({ path: '/query/page', message: `must not pass over more than ${maxOffset} rows; use cursor to go deeper` });
    return { limit: pageSize, page, offset, cursor: undefined };
  }
  for (const field of ['page', 'page_size'] as const)
    if (query[field] !== undefined) throw refused({ path: `/query/${field}`, message: 'does not go together with cursor and limit' });
  return { limit: limit ?? 50, page: null, offset: 0, cursor: cursor === undefined ? undefined : decodeCursor(cursor, filter) };
}

/** What a list says beside its rows; sets `Link`. */
export function pageInfoOf(request: FastifyRequest, reply: FastifyReply, window: Window, filter: unknown, found: Found): PageInfo {
  const next = found.hasOlder && found.oldest !== undefined ? encodeCursor({ direction: 'older', key: found.oldest }, filter) : null;
  const prev = found.hasNewer && found.newest !== undefined ? encodeCursor({ direction: 'newer', key: found.newest }, filter) : null;
  const links = [...linkTo(request, window, 'next', next), ...linkTo(request, window, 'prev', prev)];
  if (links.length > 0) reply.header('link', links.join(', '));
  return {
    total: found.total,
    page: window.page,
    page_size: window.limit,
    total_is_capped: found.totalIsCapped,
    next_cursor: next,
    prev_cursor: prev,
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc8288 */
function linkTo(request: FastifyRequest, { limit }: Window, rel: string, cursor: string | null): string[] {
  if (cursor === null) return [];
  const url = new URL(request.url, 'http://localhost');
  url.searchParams.delete('page');
  url.searchParams.delete('page_size');
  url.searchParams.set('limit', String(limit));
  url.searchParams.set('cursor', cursor);
  return [`<${url.pathname}${url.search}>; rel="${rel}"`];
}
