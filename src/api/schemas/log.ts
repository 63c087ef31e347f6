import { attemptOutcomes } from '../../core/domain/attempt.ts';
import { systemEvents, type TaskEventType, taskEvents } from '../../core/domain/events.ts';
import { AnyObject, Nullable, RefTo, Strict, StringEnum, Time } from './common.ts';
import { type Static, Type } from './type.ts';

export const taskEventTypes = Object.keys(taskEvents) as TaskEventType[];
export const eventTypes = [...taskEventTypes, ...systemEvents] as const;

export const LogRow = Strict(
  {
    id: Type.String({ description: 'Sequence number of the row, as text; the event id of /events.' }),
    task_id: Type.String({ description: 'system where it concerns no task.' }),
    timestamp: Time('When it was committed.'),
    event_type: StringEnum(eventTypes),
    details: AnyObject('What it says depends on the event_type.'),
  },
  { $id: 'LogRow', description: 'One committed change.' },
);
export type LogRowBody = Static<typeof LogRow>;

export const Attempt = Strict(
  {
    attempt: Type.Integer(),
    pool: Type.String(),
    node_id: Nullable(Type.String()),
    started_at: Time(''),
    ended_at: Nullable(Time('')),
    outcome: Nullable(StringEnum(attemptOutcomes)),
  },
  { $id: 'Attempt' },
);
export type AttemptBody = Static<typeof Attempt>;

export const TaskLog = Strict(
  {
    task_id: Type.String(),
    logs: Type.Array(RefTo(LogRow), { description: 'Oldest first.' }),
    attempts: Type.Array(RefTo(Attempt), { description: 'Oldest first.' }),
  },
  { $id: 'TaskLog', description: 'Everything that happened to one task.' },
);
