import { Nullable, RefTo, Strict, StringEnum, Time } from './common.ts';
import { type Static, Type } from './type.ts';

export const Quota = Strict(
  {
    scope: StringEnum(['tenant', 'type', 'tenant_type', 'pool', 'pool_type'] as const, { description: 'Whose limit it is.' }),
    tenant: Nullable(Type.String()),
    type: Nullable(Type.String()),
    pool: Nullable(Type.String()),
    limit: Type.String({ description: 'The field that sets it: max_running, limit_total, spend, capacity, ...' }),
    unit: StringEnum(['attempts', 'tasks', 'slots', 'money', 'submits'] as const),
    used: Type.Number(),
    most: Type.Number(),
    guaranteed: Nullable(Type.Integer({ description: 'Attempts of a tenant that go before those of all others.' })),
    borrowed: Nullable(Type.Integer({ description: 'Attempts that run above the guarantee.' })),
    waiting: Nullable(
      Type.Integer({
        description: 'Tasks that wait because of it; for a pool, that wait for room in it or another. null: what is over it is refused.',
      }),
    ),
    until: Nullable(Time('When it is free again by itself: the window of a spend limit ends, a rate is full again.')),
  },
  { $id: 'Quota', description: 'One limit and what is used of it.' },
);

export const QuotaList = Strict(
  {
    as_of: Time(''),
    total: Type.Integer({ description: 'Limits there are.' }),
    quotas: Type.Array(RefTo(Quota), { description: 'Those that tasks wait behind first, then the fullest.' }),
  },
  { $id: 'QuotaList' },
);
export type QuotaListBody = Static<typeof QuotaList>;

export const QuotaQuery = Strict({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1_000, description: 'Limits to list.' })),
});
