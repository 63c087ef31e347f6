import { Nullable, Strict, StringEnum } from './common.ts';
import { type Static, Type } from './type.ts';

const Total = Nullable(Type.Number({ description: 'null: without end.' }));

const Term = Strict({
  name: Type.String(),
  unit: Type.String(),
  weight: Type.Number(),
  value: Total,
  runner_up: Total,
  flips: Nullable(
    Strict({
      when: StringEnum(['above', 'below'] as const, { description: 'The side of the weight on which the runner-up wins.' }),
      weight: Type.Number(),
    }),
  ),
});

/** Of several parts: of the last one. */
const Comparison = Strict({
  by: Type.String({ description: 'What pools were compared by, such as price.' }),
  unit: Type.String(),
  wins: StringEnum(['lower', 'higher'] as const),
  total: Total,
  terms: Type.Array(Term, { description: 'Where the total is a sum of weight x value.' }),
  runner_up: Nullable(Strict({ pool: Type.String(), total: Total })),
  margin: Nullable(Type.Number({ description: 'How far the runner-up was behind, in the unit of the totals.' })),
  ranked: Type.Integer({ description: 'Pools whose terms were worked out.' }),
  partial: Type.Boolean({ description: 'More pools had room than were compared.' }),
});

/** Why one pool and not another. */
export const Why = Strict(
  {
    ring: StringEnum(['home', 'any'] as const, { description: 'How far it could go.' }),
    spilled: Type.Boolean({ description: 'Its home had no room.' }),
    room: StringEnum(['free', 'reserved', 'backfilled'] as const, {
      description:
        'reserved: kept for the next task of its needs, which waited too long; backfilled: kept for another, whom it does not delay.',
    }),
    deadline_at_risk: Type.Boolean({ description: 'By its expected run time there it would end after its deadline.' }),
    considered: Type.Integer({ description: 'Pools within the ring that may run it.' }),
    full: Type.Integer({ description: 'Of these, those better by the order of the strategy and without room.' }),
    out: Type.Record(Type.String(), Type.Integer(), { description: 'Pools that may not run it, by cause; region: outside the ring.' }),
    parts: Nullable(
      Type.Array(
        Strict({
          pool: Type.String(),
          parts: Type.Integer(),
          total: Nullable(Type.Number({ description: 'What the first of them was picked by, with the parts before it in place.' })),
        }),
        { description: 'Of a task of several parts: where they went, in the order in which pools were picked.' },
      ),
    ),
    compared: Nullable(Comparison),
  },
  { description: 'Why that pool; null where there is none, or the start was recorded by an earlier version.' },
);
export type WhyBody = Static<typeof Why>;
