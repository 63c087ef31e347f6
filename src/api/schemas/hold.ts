import { Nullable, Strict, StringEnum, Time } from './common.ts';
import { type Static, Type } from './type.ts';

export const clearers = ['time', 'capacity', 'quota_owner', 'submitter', 'operator'] as const;

/** Why a waiting task waits. Inline and not by reference: it is nullable where it is used. */
export const Hold = Strict({
  code: Type.String({ description: 'Such as no_capacity, reserved_for_older, backing_off.' }),
  who: StringEnum(clearers, { description: 'Who can clear it.' }),
  summary: Type.String({ description: 'The reason in a sentence.' }),
  until: Nullable(Time('When time alone clears it.')),
  need: Nullable(Type.Number()),
  have: Nullable(Type.Number()),
  task_seq: Nullable(Type.Integer({ description: 'The task it waits for, of reserved_for_older and strict_order.' })),
  ahead: Nullable(Type.Integer({ description: 'Tasks of its lane that are ahead; only where it is asked for one task.' })),
});
export type HoldBody = Static<typeof Hold>;
