import { operationActions, operationStatuses } from '../../core/domain/operation.ts';
import { taskStatuses } from '../../core/domain/task-status.ts';
import { AnyObject, Nullable, Strict, StringEnum, Tenant, Time } from './common.ts';
import { TaskListQuery } from './lists.ts';
import { type Static, Type } from './type.ts';

/** One schema and no `anyOf`, so that what is wrong with a list is said with its path. */
const Words = (description: string, words: object = { type: 'string', minLength: 1, maxLength: 64 }) =>
  Type.Unsafe<string | string[]>({
    ...{ type: ['string', 'array'], minLength: 1, maxLength: 1_000, items: words, minItems: 1, maxItems: 100 },
    description: `${description} A list, or a text with commas between.`,
  });
const { seq, priority_gte, priority_lte, parts_gte, parts_lte, created_after, created_before } = TaskListQuery.properties;

const BulkFilter = Strict(
  {
    status: Type.Optional(
      Words(
        'Left out: delayed, queued and processing to cancel, failed to retry. To retry, delayed means those that back off.',
        StringEnum(taskStatuses),
      ),
    ),
    type: Type.Optional(Words('Names of task types.')),
    region: Type.Optional(Words('Home regions.')),
    pool: Type.Optional(Words('Names of pools.')),
    tenant: Type.Optional(Tenant),
    ...{ seq, priority_gte, priority_lte, parts_gte, parts_lte, created_after, created_before },
  },
  { minProperties: 1, description: 'As GET /tasks takes it. Something must be named: what everything is, is said by its statuses.' },
);

export const BulkInput = Strict(
  {
    action: StringEnum(operationActions),
    filter: BulkFilter,
    dry_run: Type.Optional(Type.Boolean({ description: 'Only say how many tasks match now.' })),
  },
  { $id: 'BulkInput' },
);
export type BulkInputBody = Static<typeof BulkInput>;

const counter = (description: string) => Type.Integer({ minimum: 0, description });
const matched = {
  matched: counter('Tasks that matched when it began.'),
  matched_is_capped: Type.Boolean({ description: 'There were more than that.' }),
};

export const BulkCount = Strict({ action: StringEnum(operationActions), ...matched }, { $id: 'BulkCount' });
export type BulkCountBody = Static<typeof BulkCount>;

export const Operation = Strict(
  {
    id: Type.String(),
    action: StringEnum(operationActions),
    filter: AnyObject('Which tasks, with what was left out filled in.'),
    status: StringEnum(operationStatuses),
    ...matched,
    done: counter('Tasks it was done to so far. After a crash in the middle it may be short of a slice.'),
    skipped: counter('Tasks that had moved on before their turn came.'),
    refused: counter('Tasks it could not be done to.'),
    reason: Nullable(Type.String({ description: 'Why, of the latest one it could not be done to; or why it failed.' })),
    by: Type.String({ description: 'Who asked for it.' }),
    started_at: Time(''),
    ended_at: Nullable(Time('')),
  },
  { $id: 'Operation', description: 'Something done to all tasks that matched a filter, in the background.' },
);
export type OperationBody = Static<typeof Operation>;
