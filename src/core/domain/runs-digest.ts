/** A few numbers that say whether two lists of runs are the same, in the same order. Not a secret: nobody gains by forging it. */
export interface Digest {
  readonly count: number;
  add(one: string, other: string, value: number, another: number): void;
  /** Empties it. @returns how many there were, and their digest */
  take(): readonly [count: number, digest: number];
}

/** FNV-1a over what is told of each run. @see https://www.rfc-editor.org/rfc/rfc9923 */
export function createDigest(): Digest {
  const empty = 0x811c9dc5;
  let hash = empty;
  let count = 0;
  const mix = (value: number) => {
    hash = Math.imul(hash ^ (value | 0), 0x01000193);
  };
  const mixText = (text: string) => {
    for (let i = 0; i < text.length; i++) mix(text.charCodeAt(i));
  };
  return {
    get count() {
      return count;
    },
    add(one, other, value, another) {
      count++;
      mixText(one);
      mixText(other);
      mix(value * 1_000);
      mix(another);
    },
    take() {
      const taken = [count, hash >>> 0] as const;
      hash = empty;
      count = 0;
      return taken;
    },
  };
}
