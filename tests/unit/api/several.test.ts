import { afterEach, describe, expect, it, vi } from 'vitest';
import { severalWrong } from '../../../src/api/several.ts';
import { unknownNames } from '../../../src/api/unknown-names.ts';

const wrongAt = (...paths: string[]) => paths.map((path) => ({ path, message: 'no' }));

describe('what is wrong with several fields', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('is told of the innermost only', () => {
    expect(severalWrong(wrongAt('/body/a', '/body/a/0/x', '/body/ab', '/body/a/0', '/body/c'), 'First.')).toBe(
      '3 fields are wrong: a.0.x, ab and c. First.',
    );
    expect(severalWrong(wrongAt('/body', '/body/a', '/body/a/0'), 'First.')).toBe('First.');
  });

  it('takes a few looks at each path, however many there are', () => {
    let looks = 0;
    for (const name of ['startsWith', 'slice', 'lastIndexOf', 'split'] as const) {
      const real = String.prototype[name] as (...args: unknown[]) => unknown;
      vi.spyOn(String.prototype, name).mockImplementation(function (this: string, ...args: unknown[]) {
        looks++;
        return real.apply(this, args) as never;
      });
    }
    severalWrong(wrongAt(...Array.from({ length: 500 }, (_, i) => `/body/regions/${i}`)), 'First.');
    const taken = looks;
    vi.restoreAllMocks();
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(10 * 500);
  });
});

describe('names that nobody knows', () => {
  const engine = { types: () => [], defaults: () => ({ region: 'here', regions: ['here'] }) };
  const regionsOf = (length: number) => unknownNames({ regions: Array.from({ length }, (_, i) => `r${i}`) }, engine);

  it('are not looked for in a list that is refused for its length', () => {
    expect(regionsOf(32)).toHaveLength(32);
    expect(regionsOf(33)).toEqual([]);
  });
});
