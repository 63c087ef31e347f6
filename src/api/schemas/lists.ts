import { RefTo, Strict, StringEnum, Tenant, Time } from './common.ts';
import { eventTypes, LogRow } from './log.ts';
import { pageInfo, pageQuery } from './paging.ts';
import { TaskSummary } from './task.ts';
import { type Static, Type } from './type.ts';

/** A list by comma or by repeating the parameter. */
const Words = (description: string) =>
  Type.Array(Type.String({ maxLength: 1_000 }), { maxItems: 100, description: `${description} Several by comma or repetition.` });

/** Which tasks: for programs, and for the address of the dashboard's list. */
export const taskFilterQuery = {
  status: Type.Optional(Words('Case does not matter.')),
  type: Type.Optional(Words('Names of task types.')),
  region: Type.Optional(Words('Home regions.')),
  pool: Type.Optional(Words('Names of pools.')),
  tenant: Type.Optional(Tenant),
  seq: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'The one task with this number.' })),
  priority_gte: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
  priority_lte: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
  parts_gte: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 64,
      description: 'Tasks of at least so many parts. No index knows: rows are looked through, newest first.',
    }),
  ),
  parts_lte: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
  created_after: Type.Optional(Time('Accepted after this time.')),
  created_before: Type.Optional(Time('Accepted before this time.')),
};

export const TaskListQuery = Strict({ ...pageQuery, ...taskFilterQuery });
export type TaskListQueryFields = Static<typeof TaskListQuery>;

export const TaskList = Strict(
  { tasks: Type.Array(RefTo(TaskSummary)), ...pageInfo },
  { $id: 'TaskList', description: 'Newest first, by seq.' },
);

export const LogListQuery = Strict({
  page: pageQuery.page,
  page_size: pageQuery.page_size,
  cursor: pageQuery.cursor,
  limit: pageQuery.limit,
  task_id: Type.Optional(Type.String({ maxLength: 64, description: 'Of this task; system: of none.' })),
  event_type: Type.Optional(StringEnum(eventTypes)),
});
export type LogListQueryFields = Static<typeof LogListQuery>;

export const LogList = Strict({ logs: Type.Array(RefTo(LogRow)), ...pageInfo }, { $id: 'LogList', description: 'Newest first.' });

export const HistoryQuery = Strict({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: '50 when left out.' })),
});
