import { describe, expect, it } from 'vitest';
import { ParkingLot } from '../../../src/core/scheduling/parking-lot.ts';

function setup() {
  const lot = new ParkingLot();
  const park = (need: number, slots: number, key: number) => {
    const place = lot.join(need, slots, 1, undefined);
    place.row.heads.set(place.entry, 0, key, need);
    return place;
  };
  return { lot, park };
}

describe('ParkingLot', () => {
  it('names the best head among the needs that the room suffices for', () => {
    const { lot, park } = setup();
    park(1, 4, 10);
    park(2, 1, 30);
    park(3, 1, 20);
    expect([0, 1, 3, 4].map((room) => lot.best(room))).toEqual([-1, 3, 3, 1]);
  });

  it('equal heads go by seq, whatever they want', () => {
    const { lot, park } = setup();
    park(9, 1, 5);
    park(4, 2, 5);
    expect(lot.best(2)).toBe(4);
  });

  it('knows only those that are parked, and forgets those that left', () => {
    const { lot, park } = setup();
    const place = park(1, 1, 10);
    lot.join(2, 1, 1, undefined);
    expect(lot.parked()).toEqual([1]);
    expect([lot.parked(0), lot.parked(1)]).toEqual([[], [1]]);
    lot.leave(place);
    expect([lot.parked(), lot.best(9)]).toEqual([[], -1]);
    park(3, 1, 10);
    expect(lot.best(1)).toBe(3);
  });
});
