import { createHash } from 'node:crypto';
import { TaskRouterError } from '../core/domain/errors.ts';
import { canonicalJson } from './idempotency.ts';

/** A place in a list that is ordered newest first. */
export interface Cursor {
  /** Rows older than `key`, or newer. */
  readonly direction: 'older' | 'newer';
  /** A seq. */
  readonly key: number;
}

const version = 1;

/** Text for a client to send back. It names the filter it was made under: used with another one it would skip and repeat rows unseen. */
export function encodeCursor({ direction, key }: Cursor, filter: unknown): string {
  return Buffer.from(JSON.stringify([version, direction === 'older' ? 'o' : 'n', hashOf(filter), key])).toString('base64url');
}

/** @throws TaskRouterError `invalid_cursor` */
export function decodeCursor(text: string, filter: unknown): Cursor {
  const parts = partsOf(text);
  if (parts === undefined) throw invalid('This cursor is not one of this server; start again without it.');
  const [, direction, hash, key] = parts;
  if (hash !== hashOf(filter)) throw invalid('This cursor belongs to a list with another filter; start again without it.');
  return { direction: direction === 'o' ? 'older' : 'newer', key };
}

function partsOf(text: string): readonly [number, 'o' | 'n', string, number] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!Array.isArray(parts) || parts.length !== 4) return undefined;
    const [v, direction, hash, key] = parts as readonly unknown[];
    if (v !== version || (direction !== 'o' && direction !== 'n') || typeof hash !== 'string') return undefined;
    return Number.isSafeInteger(key) && (key as number) >= 0 ? [v, direction, hash, key as number] : undefined;
  } catch {
    return undefined;
  }
}

function hashOf(filter: unknown): string {
  return createHash('sha256').update(canonicalJson(filter)).digest('base64url').slice(0, 11);
}

function invalid(message: string): TaskRouterError {
  return new TaskRouterError('invalid_cursor', message, { errors: [{ path: '/query/cursor', message }] });
}
