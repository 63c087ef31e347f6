// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { type LabelSource, type LabelValue, labelsOf } from '../domain/label.ts';
import { type ConstraintSet, meets } from './demand.ts';

/** All that constraints can see of a pool; pools that are alike share it. */
export interface LabelProfile {
  readonly id: number;
  readonly labels: ReadonlyMap<string, LabelValue>;
}

interface Used extends LabelProfile {
  readonly key: string;
  users: number;
}

/** Constraints that the same profiles meet: what they say does not matter any more. */
export interface LabelClass {
  readonly key: string;
  /** By number of the profile, 1 where it meets them. */
  readonly met: Uint8Array;
}

/**
 * The combinations of labels that pools really have. There are as many as operators made, whatever clients ask for: so sets of pools stay few,
 * and a pool is judged by a number. Numbers are given out again when no pool has the combination any more.
 */
export class LabelProfiles {
  readonly #byKey = new Map<string, Used>();
  readonly #byId: (Used | undefined)[] = [];
  readonly #free: number[] = [];

  /** Counts a pool in. @returns its profile, and whether no other pool had it: then every class has to be made again. */
  take(pool: LabelSource): { readonly profile: LabelProfile; readonly isNew: boolean } {
    const labels = labelsOf(pool);
    const key = JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      known.users++;
      return { profile: known, isNew: false };
    }
    const profile: Used = { id: this.#free.pop() ?? this.#byId.length, labels, key, users: 1 };
    this.#byKey.set(key, profile);
    this.#byId[profile.id] = profile;
    return { profile, isNew: true };
  }

  /** Counts a pool out. */
  give({ id }: LabelProfile): void {
    const profile = this.#byId[id]!;
    if (--profile.users > 0) return;
    this.#byKey.delete(profile.key);
    this.#byId[id] = undefined;
    this.#free.push(id);
  }

  /** Asks every profile: O(profiles). */
  classOf(constraints: ConstraintSet): LabelClass {
    const met = new Uint8Array(this.#byId.length);
    const ids: number[] = [];
    for (const profile of this.#byId) {
      if (profile === undefined || !meets(profile.labels, constraints)) continue;
      met[profile.id] = 1;
      ids.push(profile.id);
    }
    return { key: ids.join(), met };
  }
}
