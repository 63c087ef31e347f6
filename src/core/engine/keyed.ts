import { TaskRouterError } from '../domain/errors.ts';
import { idempotencyKeptMs } from '../domain/idempotency.ts';
import type { EpochMs } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { Idempotency } from './engine.ts';
import { createTurns } from './in-turn.ts';

/** What was begun under a key. */
export interface Begun<Value> {
  readonly value: Value;
  readonly at: EpochMs;
  readonly fingerprint: string | null;
}

interface Ways<Value> {
  /** The latest that was begun under the key. */
  known(key: string): Promise<Begun<Value> | undefined>;
  make(): Promise<Value>;
}

/**
 * Begins things that are asked for with an idempotency key: once for each key within a day, and with another body not at all. One at a time,
 * so that two requests with the same key cannot both find that there is nothing yet.
 */
export function createKeyed(clock: Clock) {
  const inTurn = createTurns();

  /** @throws TaskRouterError `idempotency_key_reused` */
  return async <Value>(
    again: Idempotency | undefined,
    { known, make }: Ways<Value>,
  ): Promise<{ readonly value: Value; readonly replayed: boolean }> => {
    if (again === undefined) return { value: await make(), replayed: false };
    return inTurn(async () => {
      const before = await known(again.key);
      if (before === undefined || clock.now() - before.at >= idempotencyKeptMs) return { value: await make(), replayed: false };
      if (before.fingerprint !== again.fingerprint)
        throw new TaskRouterError(
          'idempotency_key_reused',
          'This idempotency key was used for another request. Use a new key, or send the same body again.',
        );
      return { value: before.value, replayed: true };
    });
  };
}
