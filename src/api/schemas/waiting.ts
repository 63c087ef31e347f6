import { Nullable, Strict, StringEnum, Time } from './common.ts';
import { clearers } from './hold.ts';
import { regionModes, resourceTypes } from './task.ts';
import { type Static, Type } from './type.ts';

const code = Type.String({ description: 'As in holds of an explanation.' });
const who = StringEnum(clearers, { description: 'Who can clear it.' });
const oldest = {
  oldest_task_id: Nullable(Type.String()),
  oldest_ready_at: Nullable(Time('Since when the oldest of them could have run.')),
};

const past = Type.Integer({ description: 'Tasks of these that have waited longer than their strategy promises.' });

const Needs = Strict({
  type: Type.String(),
  resource_type: Nullable(StringEnum(resourceTypes)),
  regions: Type.Array(Type.String(), { description: 'Home, or the regions named; empty: none.' }),
  region_mode: StringEnum(regionModes),
  slots: Type.Integer(),
  parts: Type.Integer({ description: 'Each of so many slots, and all start together.' }),
  max_cost_per_unit: Nullable(Type.Number({ description: 'Dearest price of a unit of work it can pay; null: any.' })),
  constraints: Type.Array(Type.String()),
});

export const WaitingWork = Strict(
  {
    as_of: Time(''),
    tasks: Type.Integer({ description: 'All that wait.' }),
    reasons: Type.Array(Strict({ code, who, tasks: Type.Integer(), past_max_wait: past, groups: Type.Integer(), ...oldest }), {
      description: 'By reason, most tasks first.',
    }),
    groups: Type.Array(
      Strict({
        code,
        who,
        summary: Type.String({ description: 'The reason in a sentence, of the oldest of them.' }),
        until: Nullable(Time('When time alone clears it.')),
        tasks: Type.Integer(),
        past_max_wait: past,
        ...oldest,
        tenant: Nullable(Type.String({ description: 'Whose limit it is, where a tenant has reached one.' })),
        needs: Needs,
      }),
      { description: 'By reason and by what the tasks need, most tasks first.' },
    ),
    groups_total: Type.Integer({ description: 'There may be more than are listed.' }),
  },
  { $id: 'WaitingWork', description: 'Everything that waits, by reason and by need.' },
);
export type WaitingWorkBody = Static<typeof WaitingWork>;

export const WaitingQuery = Strict({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'Groups that are listed; 100 when left out.' })),
  code: Type.Optional(Type.String({ maxLength: 64, description: 'Only groups with this reason.' })),
});
