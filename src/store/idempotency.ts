import { idempotencyKeptMs } from '../core/domain/idempotency.ts';
import type { EpochMs, Seq } from '../core/domain/units.ts';
import type { Submission } from '../core/ports/task-store.ts';

/** A key that was used before, and the task it made. */
export interface KnownKey {
  readonly taskSeq: Seq;
  readonly fingerprint: string;
  readonly at: EpochMs;
}

/** Older keys count as unknown. */
export function isKeyAlive(known: { readonly at: EpochMs }, at: EpochMs): boolean {
  return at - known.at < idempotencyKeptMs;
}

/** What an item's key says: `undefined` make the task, a number: the task of that earlier item of the batch, a known key: its task. */
export type KeyVerdict = undefined | number | KnownKey | 'key_reused';

/** Verdict i belongs to item i. `known` looks up keys of earlier submits. */
export function judgeKeys(
  items: readonly Submission[],
  known: (tenant: string, key: string) => KnownKey | undefined,
): readonly KeyVerdict[] {
  const firstOf = new Map<string, number>();
  return items.map(({ spec, idempotency, at }, index) => {
    if (idempotency === null) return undefined;
    const { key, fingerprint } = idempotency;

    const before = known(spec.tenant, key);
    if (before !== undefined && isKeyAlive(before, at)) return before.fingerprint === fingerprint ? before : 'key_reused';

    const scoped = JSON.stringify([spec.tenant, key]);
    const first = firstOf.get(scoped);
    if (first === undefined) {
      firstOf.set(scoped, index);
      return undefined;
    }
    return items[first]?.idempotency?.fingerprint === fingerprint ? first : 'key_reused';
  });
}
