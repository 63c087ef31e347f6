import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Tally, type TallyCell } from '../../../src/core/scheduling/tally.ts';

it('the top of a tally holds those with most slots, and all that have as many as the last of them', () => {
  const some = fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 3 })), { maxLength: 90 });
  fc.assert(
    fc.property(some, some, fc.integer({ min: 1, max: 30 }), (started, ended, count) => {
      const tally = new Tally();
      const slotsOf = new Map<number, number[]>();
      for (const [tenant, slots] of started) {
        tally.add(tenant % 3, tenant, slots);
        slotsOf.set(tenant, [...(slotsOf.get(tenant) ?? []), slots]);
      }
      for (const [tenant] of ended) {
        const slots = slotsOf.get(tenant)?.pop();
        if (slots !== undefined) tally.add(tenant % 3, tenant, -slots);
      }
      const all: TallyCell[] = [...slotsOf]
        .filter(([, each]) => each.length > 0)
        .map(([tenant, each]) => ({ type: tenant % 3, tenant, tasks: each.length, slots: each.reduce((sum, one) => sum + one, 0) }));
      const least = all.map(({ slots }) => slots).sort((a, b) => b - a)[count - 1] ?? 0;
      const byTenant = (a: TallyCell, b: TallyCell) => a.tenant - b.tenant;
      expect(tally.top(count).sort(byTenant)).toEqual(all.filter(({ slots }) => slots >= least).sort(byTenant));
    }),
  );
});
