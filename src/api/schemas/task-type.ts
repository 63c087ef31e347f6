import { requirableFields, tenantOrders } from '../../core/domain/task-type.ts';
import { BundleSettings, BundleSettingsInput } from './bundle.ts';
import { Millis, Nullable, Strict, StringEnum } from './common.ts';
import { Count, Rate, RatePatch, RateState } from './quota.ts';
import { resourceTypes } from './task.ts';
import { type Static, Type } from './type.ts';

const fields = {
  description: Type.String({ maxLength: 1_000 }),
  requires: Type.Array(StringEnum(requirableFields), {
    maxItems: requirableFields.length,
    uniqueItems: true,
    description: 'Fields of a task that a client must state itself.',
  }),
  limit_total: Nullable(Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Running attempts at once, in all.' })),
  limit_per_tenant: Nullable(Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Running attempts at once of one tenant.' })),
  limit_waiting: Nullable(Count('Tasks that may wait at once, of all tenants.')),
  between_tenants: StringEnum(tenantOrders, {
    description: 'round_robin: its tenants take turns, whatever the strategy says between them; fifo: they do not.',
  }),
  timeout_ms: Millis('Bounds one attempt of tasks that do not say.', { minimum: 1, maximum: 2_592_000_000 }),
  max_attempts: Type.Integer({ minimum: 1, maximum: 100, description: 'For tasks that do not say.' }),
  resource_type: Nullable(StringEnum(resourceTypes)),
};

export const TaskTypeInput = Strict(
  {
    description: Type.Optional(fields.description),
    requires: Type.Optional(fields.requires),
    limit_total: Type.Optional(fields.limit_total),
    limit_per_tenant: Type.Optional(fields.limit_per_tenant),
    limit_waiting: Type.Optional(fields.limit_waiting),
    rate: Type.Optional(Nullable(Rate)),
    between_tenants: Type.Optional(fields.between_tenants),
    timeout_ms: Type.Optional(fields.timeout_ms),
    max_attempts: Type.Optional(fields.max_attempts),
    resource_type: Type.Optional(fields.resource_type),
    bundle: Type.Optional(Nullable(BundleSettingsInput)),
  },
  { $id: 'TaskTypeInput', description: 'A task type as a whole: what is left out gets its default.' },
);
export type TaskTypeInputBody = Static<typeof TaskTypeInput>;

/** A key that is left out stays, `null` takes a limit away. */
export const TaskTypePatch = Strict(
  {
    ...Type.Partial(Type.Object(fields)).properties,
    rate: Type.Optional(Nullable(RatePatch)),
    bundle: Type.Optional(Nullable(BundleSettingsInput)),
  },
  { $id: 'TaskTypePatch', minProperties: 1, description: 'A JSON merge patch (RFC 7396). The name of a type cannot change.' },
);
export type TaskTypePatchBody = Static<typeof TaskTypePatch>;

export const TaskType = Strict(
  {
    name: Type.String(),
    ...fields,
    rate: Nullable(RateState),
    bundle: Nullable(BundleSettings),
    origin: StringEnum(['catalogue', 'api', 'handler'] as const, { description: 'Handler types exist as long as their handler does.' }),
    version: Type.Integer({ description: 'Grows with every change; the ETag.' }),
  },
  { $id: 'TaskType', description: 'What can be done: limits and defaults of its tasks.' },
);
export type TaskTypeBody = Static<typeof TaskType>;

export const TaskTypeList = Strict({ types: Type.Array(Type.Unsafe<TaskTypeBody>({ $ref: 'TaskType#' })) }, { $id: 'TaskTypeList' });
