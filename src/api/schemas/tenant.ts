import { namePattern } from '../../core/domain/name.ts';
import { Nullable, Strict, Time } from './common.ts';
import { Count, Rate, RatePatch, RateState, Spend, SpendPatch, SpendState } from './quota.ts';
import { type Static, Type } from './type.ts';

const limit = Type.Integer({ minimum: 0, maximum: 1_000_000 });
const typeLimits = {
  maxProperties: 1_000,
  propertyNames: { pattern: namePattern },
  description: 'Running attempts at once by type, in place of its limit_per_tenant.',
};

const settable = {
  max_running: Nullable(Count('Running attempts at once, of all types.')),
  guaranteed: Count('While fewer attempts than these run, its tasks go before all others.'),
  borrow: Nullable(Count('Running attempts above `guaranteed`; null: up to max_running.')),
  weight: Type.Number({ minimum: 0.001, maximum: 1_000_000, description: 'Its part where tenants share.' }),
  max_waiting: Nullable(Count('Tasks that may wait at once.')),
};

export const TenantInput = Strict(
  {
    ...Type.Partial(Type.Object(settable)).properties,
    rate: Type.Optional(Nullable(Rate)),
    spend: Type.Optional(Nullable(Spend)),
    type_limits: Type.Optional(Type.Record(Type.String(), limit, typeLimits)),
  },
  { $id: 'TenantInput', description: 'The limits of a tenant as a whole: what is left out has none.' },
);
export type TenantInputBody = Static<typeof TenantInput>;

/** A key that is left out stays, `null` takes a limit away. */
export const TenantPatch = Strict(
  {
    ...Type.Partial(Type.Object(settable)).properties,
    rate: Type.Optional(Nullable(RatePatch)),
    spend: Type.Optional(Nullable(SpendPatch)),
    type_limits: Type.Optional(Type.Record(Type.String(), Nullable(limit), typeLimits)),
  },
  { $id: 'TenantPatch', minProperties: 1, description: 'A JSON merge patch (RFC 7396).' },
);
export type TenantPatchBody = Static<typeof TenantPatch>;

const LimitState = Strict({
  policy: Type.String({ description: 'As in the RateLimit fields.' }),
  quota: Type.Integer(),
  window_s: Nullable(Type.Number({ description: 'Seconds in which the quota comes back.' })),
  left: Type.Integer(),
  reset_s: Nullable(Type.Number({ description: 'Seconds until all of it is there again.' })),
});

const Spending = Strict(
  {
    spent: Type.Number({ description: 'By attempts that have ended, the failed ones too.' }),
    reserved: Type.Number({ description: 'Set aside for what runs.' }),
    left: Type.Number({ description: 'What may still be reserved; 0 also where more is in use than the limit.' }),
    until: Time('End of the window: from then on nothing is spent.'),
  },
  { description: 'What it has used of `spend`; null: it has no such limit.' },
);

const use = {
  running: Type.Integer({ description: 'Running attempts.' }),
  waiting: Type.Integer({ description: 'Waiting tasks.' }),
};

export const Tenant = Strict(
  {
    name: Type.String(),
    ...settable,
    rate: Nullable(RateState),
    spend: Nullable(SpendState),
    type_limits: Type.Record(Type.String(), Type.Integer()),
    ...use,
    spending: Nullable(Spending),
    limits: Type.Array(LimitState, { description: 'What is left for its submits.' }),
    version: Type.Integer({ description: 'Grows with every change of its limits; the ETag.' }),
  },
  { $id: 'Tenant', description: 'Who tasks belong to: its limits, and what it uses of them.' },
);
export type TenantBody = Static<typeof Tenant>;

export const TenantList = Strict(
  {
    tenants: Type.Array(Type.Unsafe<TenantBody>({ $ref: 'Tenant#' })),
    unlimited: Type.Array(Strict({ name: Type.String(), ...use }), {
      description: 'Those without limits that have the most tasks, at most 100.',
    }),
  },
  { $id: 'TenantList' },
);
