import { taskStatuses } from '../../core/domain/task-status.ts';
import { AnyJson, AnyObject, Millis, Money, Nullable, ownKeyword, Strict, StringEnum, Tenant, Time } from './common.ts';
import { Constraints, ConstraintsInput } from './constraint.ts';
import { DependsOn, DependsOnInput, OnParentFailure, Ref } from './dependency.ts';
import { Hold } from './hold.ts';
import { type Static, Type } from './type.ts';

export const regionModes = ['prefer', 'require'] as const;
export const resourceTypes = ['cpu', 'gpu'] as const;
/** Of one task. */
export const maxRegions = 32;

/** The original took numbers as text too, for these two fields only. */
const Priority = Type.Union([Type.Integer({ minimum: 1, maximum: 10 }), Type.String({ pattern: '^(?:[1-9]|10)$', maxLength: 2 })], {
  description: '1-10, larger runs earlier; 5 when left out.',
});
const Cost = Type.Union(
  [Type.Number({ minimum: 0.000001, maximum: 1e9 }), Type.String({ pattern: '^[0-9]{1,9}(?:\\.[0-9]{1,12})?$', maxLength: 22 })],
  {
    description: 'Estimated units of work, > 0; 1 when left out. What it costs is this times the price of the pool.',
    [ownKeyword]: 'cost',
  },
);

const fields = {
  type: Type.String({ minLength: 1, maxLength: 64, description: 'Name of a task type, see /types.' }),
  tenant: Type.Optional(Tenant),
  priority: Type.Optional(Priority),
  cost: Type.Optional(Cost),
  region: Type.Optional(
    Nullable(Type.String({ maxLength: 64, description: "Home region; the server's own when left out, none when null." })),
  ),
  regions: Type.Optional(
    Nullable(
      Type.Array(Type.String({ maxLength: 64 }), {
        minItems: 1,
        maxItems: maxRegions,
        uniqueItems: true,
        description:
          "Where it should or must run, as region_mode says; its home alone when left out. Without region its home is the server's own if that is among them, else the first.",
      }),
    ),
  ),
  region_mode: Type.Optional(
    StringEnum(regionModes, { description: 'Whether regions (or the home region) are a wish (prefer, the default) or a must.' }),
  ),
  resource_type: Type.Optional(Nullable(StringEnum(resourceTypes, { description: 'null is any.' }))),
  constraints: Type.Optional(ConstraintsInput),
  slots: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 10_000, description: "Units of a pool's capacity it occupies; 1 when left out." }),
  ),
  parts: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 64,
      description: 'Parts that start together, all or none, each with so many slots of some pool; cost is of all of them. 1 when left out.',
    }),
  ),
  estimate_ms: Type.Optional(Nullable(Millis('Expected run time.'))),
  deadline: Type.Optional(Nullable(Time('Fails with deadline_exceeded when this passes before it ended.'))),
  max_cost: Type.Optional(
    Nullable(Type.Number({ minimum: 0, maximum: 1e15, description: "Dearest acceptable price: cost times the pool's cost_per_unit." })),
  ),
  run_at: Type.Optional(Nullable(Time('Not before this time.'))),
  timeout_ms: Type.Optional(Millis("Bounds one attempt; the type's when left out.", { minimum: 1, maximum: 2_592_000_000 })),
  max_attempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: "The type's when left out." })),
  metadata: Type.Optional(
    Nullable({ ...AnyObject("The client's own, returned as metadata and task_metadata. At most 64 KiB."), [ownKeyword]: 'metadata' }),
  ),
  payload: Type.Optional(AnyJson('Input of the handler: any JSON value.')),
  depends_on: Type.Optional(DependsOnInput),
  on_parent_failure: Type.Optional(OnParentFailure),
  accept_unroutable: Type.Optional(Type.Boolean({ description: 'Wait with that reason even though no pool could run it today.' })),
  idempotency_key: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[!-~]+$',
      description: 'As the header Idempotency-Key; in a batch one for each item.',
    }),
  ),
};

/** A task to be. The smallest is `{"type": "hash", "payload": "hello"}`. */
export const TaskInput = Strict(fields, { $id: 'TaskInput', description: 'A task to be. Everything but the type has a default.' });
export type TaskInputBody = Static<typeof TaskInput>;

export const BatchTask = Strict(
  { ...fields, ref: Type.Optional(Ref) },
  { $id: 'BatchTask', description: 'An item of a batch: a task to be, and a name for it.' },
);
export type BatchTaskBody = Static<typeof BatchTask>;

const TaskError = Nullable(Strict({ code: Type.String(), message: Type.String() }));

const Progress = Strict(
  {
    ratio: Type.Number({ minimum: 0, maximum: 1, description: 'Of several parts their mean.' }),
    note: Nullable(Type.String()),
    at: Time('When it said so.'),
  },
  { description: 'How far the attempt that runs says it is; null when it has not said, and when it has ended.' },
);

/** The original's twelve fields, in its order. */
const original = {
  id: Type.String({ format: 'uuid', description: 'uuid v7' }),
  type: Type.String(),
  priority: Type.Integer({ description: '1-10, larger runs earlier.' }),
  cost: Money('Estimated units of work.'),
  region: Nullable(Type.String()),
  status: StringEnum(taskStatuses),
  enqueued_at: Time('When it was accepted.'),
  started_at: Nullable(Time('Start of the latest attempt.')),
  completed_at: Nullable(Time('When it ended, however it ended.')),
  worker_id: Nullable(Type.String({ description: 'Name of the pool that runs or ran it; the same as pool.' })),
  algorithm_used: Nullable(Type.String({ description: 'The strategy that really decided the latest attempt.' })),
  task_metadata: Nullable(AnyObject('What came in as metadata.')),
};

const ours = {
  seq: Type.Integer({ description: 'Order of acceptance.' }),
  tenant: Type.String(),
  regions: Nullable(Type.Array(Type.String(), { description: 'Where it should or must run; null is its home region alone.' })),
  region_mode: StringEnum(regionModes),
  resource_type: Nullable(StringEnum(resourceTypes)),
  constraints: Constraints,
  slots: Type.Integer({ description: 'Of each part.' }),
  parts: Type.Integer({ description: 'They start together, and end as one task; 1 for most.' }),
  estimate_ms: Nullable(Type.Integer()),
  deadline: Nullable(Time('')),
  max_cost: Nullable(Money('')),
  run_at: Nullable(Time('')),
  due_at: Nullable(Time('While delayed: when it is queued.')),
  timeout_ms: Type.Integer(),
  max_attempts: Type.Integer(),
  attempt: Type.Integer({ description: 'Number of the latest attempt, 0 before the first.' }),
  attempts_used: Type.Integer({ description: 'Attempts that count against max_attempts.' }),
  pool: Nullable(Type.String()),
  placements: Nullable(Type.Array(Type.String(), { description: 'Of several parts: the pool of each in the latest attempt.' })),
  node_id: Nullable(Type.String({ description: 'Of several parts: the first of `placement_nodes`.' })),
  placement_nodes: Nullable(
    Type.Array(Nullable(Type.String()), {
      description: 'Of several parts: the node of each in the latest attempt, null for those that ran on none; null when nodes ran none.',
    }),
  ),
  initiated_by: Type.String({ description: 'The server that accepted it.' }),
  handled_by: Nullable(Type.String({ description: 'Who ran the latest attempt.' })),
  progress: Nullable(Progress),
  actual_cost: Nullable(Money('Units times price, over all attempts that ran.')),
  error: TaskError,
  cancel_requested_at: Nullable(Time('')),
  retry_of: Nullable(Type.String()),
  depends_on: DependsOn,
  on_parent_failure: Nullable(OnParentFailure),
  version: Type.Integer({ description: 'Grows with every change; the ETag.' }),
  metadata: Nullable(AnyObject('The same as task_metadata.')),
};

export const Task = Strict(
  { ...original, ...ours, payload: AnyJson('Input of the handler.'), result: AnyJson('What the handler returned; null before.') },
  { $id: 'Task', description: 'A task: what was asked and what became of it.' },
);
export type TaskBody = Static<typeof Task>;

export const TaskSummary = Strict(
  { ...original, ...ours, reason: Nullable(Hold) },
  { $id: 'TaskSummary', description: 'A task as lists show it: without payload and result, with the reason why it waits.' },
);
export type TaskSummaryBody = Static<typeof TaskSummary>;
