import { describe, expect, it } from 'vitest';
import { Places } from '../../../src/core/scheduling/places.ts';
import { fc } from '../../helpers/fc.ts';

const kinds = ['cpu us', 'gpu us', 'cpu eu'];
/** A pool of a kind comes, or one of those there are goes. */
const steps = fc.array(fc.oneof(fc.constantFrom(...kinds), fc.nat(1_000)), { maxLength: 200 });

describe('Places', () => {
  it('gives no place to two, and the same ones when all is told again', () => {
    fc.assert(
      fc.property(steps, (told) => {
        const take = () => {
          const places = new Places();
          const taken: number[] = [];
          const given: number[] = [];
          for (const step of told) {
            if (typeof step === 'string') {
              const place = places.take(step);
              expect(taken).not.toContain(place);
              taken.push(place);
              given.push(place);
            } else if (taken.length > 0) places.give(taken.splice(step % taken.length, 1)[0]!);
          }
          return given;
        };
        expect(take()).toEqual(take());
      }),
    );
  });

  it('pools of a kind are neighbours, however they come', () => {
    const places = new Places();
    const taken = Array.from({ length: 48 }, (_, i) => ({ kind: kinds[i % 3]!, place: places.take(kinds[i % 3]!) }));
    for (const kind of kinds) {
      const own = taken.filter((pool) => pool.kind === kind).map(({ place }) => place);
      expect(Math.max(...own) - Math.min(...own)).toBe(15);
    }
  });

  it('a place that was given back is taken again before there are more', () => {
    const places = new Places();
    const first = places.take('cpu us');
    const second = places.take('cpu us');
    places.give(first);
    expect([places.take('cpu us'), second]).toEqual([first, first + 1]);
  });

  it('ten thousand kinds of one pool each stay within three times as many places', () => {
    const places = new Places();
    const taken = Array.from({ length: 10_000 }, (_, i) => places.take(`cpu region-${i}`));
    expect(new Set(taken).size).toBe(10_000);
    expect(Math.max(...taken)).toBeLessThan(30_000);
  });
});
