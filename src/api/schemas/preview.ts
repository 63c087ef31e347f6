import { Money, Nullable, Strict, Time } from './common.ts';
import { Forecast, PoolCounts } from './explanation.ts';
import { Hold } from './hold.ts';
import { type Static, Type } from './type.ts';
import { Why } from './why.ts';

const Cost = Nullable(
  Strict({
    least: Money(''),
    most: Money('The same where it is known which pool it would run on.'),
  }),
);

const place = {
  starts_now: Type.Boolean(),
  infeasible: Type.Boolean({ description: 'No pool could ever run it as it is.' }),
  summary: Type.String({ description: 'The answer in a sentence.' }),
  holds: Type.Array(Hold, { description: 'Everything that would stop it, the one that lasts longest by itself first.' }),
  pool: Nullable(Type.String({ description: 'Where it would start; of one that is delayed, were it due now.' })),
  placements: Nullable(Type.Array(Type.String(), { description: 'Of several parts: the pool of each.' })),
  region: Nullable(Type.String()),
  cost: Cost,
  forecast: Nullable(Forecast),
  why: Nullable(Why),
};

const Refusal = Strict({
  code: Type.String(),
  detail: Type.String({ description: 'What to do about it.' }),
  retry_after_s: Nullable(Type.Number()),
});

export const TaskPreview = Strict(
  {
    as_of: Time(''),
    seq: Type.Integer({ description: 'Position of the log this was read at.' }),
    strategy: Type.String({ description: 'The strategy that decides now.' }),
    epoch: Type.Integer(),
    ...place,
    counts: PoolCounts,
    refusal: Nullable(Refusal),
    strategies: Type.Array(Strict({ algorithm: Type.String(), ...place }), {
      description: 'The same under the strategies asked for, as if nothing else waited.',
    }),
  },
  { $id: 'TaskPreview', description: 'What would become of a task were it submitted now.' },
);
export type TaskPreviewBody = Static<typeof TaskPreview>;

export const PreviewQuery = Strict({
  strategies: Type.Optional(
    Type.String({ minLength: 1, maxLength: 1_000, description: 'Also under these strategies: names with commas between, or all.' }),
  ),
});
