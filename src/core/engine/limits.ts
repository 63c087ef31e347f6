import { TaskRouterError } from '../domain/errors.ts';

/** One limit that is about to change; `null` is no limit. */
export interface LimitChange {
  /** Its name on the wire. */
  readonly field: string;
  readonly before: number | null;
  readonly after: number | null;
  readonly use: number;
  /** What is in use, as in "7 attempts run". */
  readonly what: string;
  /** How long to wait; left out: until there are fewer. */
  readonly wait?: string;
}

/**
 * A limit is not lowered below what is in use by mistake. What is above it already would not be stopped, but to whom the limit belongs would
 * stand still for a while, and that should be meant. All limits of one request are told at once.
 * @throws TaskRouterError `quota_in_use`
 */
export function refuseBelowUse(owner: string, changes: readonly LimitChange[]): void {
  const below = changes.filter(({ before, after, use }) => after !== null && after < use && (before === null || after < before));
  if (below.length === 0) return;
  const told = below.map(
    ({ field, after, use, what }) => `${use} ${what} of ${owner}: ${field} must be at least ${use}, and it was ${after}.`,
  );
  const waits = [...new Set(below.map(({ wait = 'until there are fewer' }) => wait))].join(' and ');
  const all = below.length === 1 ? 'it' : 'them';
  const cure = `Wait ${waits}, or send force=true to set ${all} all the same: nothing is stopped, and nothing new starts until there is room.`;
  throw new TaskRouterError('quota_in_use', [...told, cure].join(' '), {
    errors: below.map(({ field, use, what }) => ({
      path: `/body/${field.replace('.', '/')}`,
      message: `must be at least ${use}, as many ${what}`,
    })),
  });
}

/** `null` is no limit. */
export function lower(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

export function versionMismatch(what: string, version: number | undefined): TaskRouterError {
  const now = version === undefined ? 'it was removed' : `its version is ${version}`;
  return new TaskRouterError('version_mismatch', `The ${what} was changed meanwhile: ${now}. Read it again and repeat.`);
}
