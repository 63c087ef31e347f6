import { taskStatuses } from '../../core/domain/task-status.ts';
import { fitChecks } from '../../core/scheduling/fit-checks.ts';
import { type Change, changes } from '../../core/scheduling/relaxation.ts';
import { AnyObject, Nullable, Strict, StringEnum, Time } from './common.ts';
import { clearers, Hold } from './hold.ts';
import { type Static, Type } from './type.ts';
import { Why } from './why.ts';

const Scalar = Type.Unsafe<string | number | null>({ type: ['string', 'number', 'null'] });

export const PoolCounts = Strict({
  pools: Type.Integer(),
  may_run: Type.Integer({ description: 'Pools that may run it.' }),
  full: Type.Integer({ description: 'Of these, the full ones.' }),
  out: Type.Record(Type.String(), Type.Integer(), { description: 'Pools that may not, by cause.' }),
});

export const Forecast = Strict({
  start_ms: Type.Array(Type.Integer(), {
    minItems: 2,
    maxItems: 2,
    description: 'Earliest and latest likely start, in ms from as_of; it lies within four times in five.',
  }),
  when: Type.String({ description: 'The same in words: within 49 min.' }),
  basis: Type.String({ description: 'What it was worked out from.' }),
});

const Holder = Strict({
  type: Type.String(),
  tenant: Type.String(),
  tasks: Type.Integer(),
  slots: Type.Integer(),
});

const Decision = Strict({
  at: Time('When it was decided.'),
  attempt: Nullable(Type.Integer()),
  pool: Nullable(Type.String()),
  placements: Nullable(Type.Array(Type.String(), { description: 'Of several parts: the pool of each.' })),
  algorithm: Nullable(Type.String({ description: 'The strategy that decided, in its epoch.' })),
  epoch: Nullable(Type.Integer()),
  why: Nullable(Why),
  details: AnyObject('The decision as the log keeps it.'),
});

const KeptPool = Strict(
  {
    pool: Type.String(),
    task_id: Nullable(Type.String({ description: 'Of the task it is kept for; null when that has just gone.' })),
    task_seq: Type.Integer({ description: 'The same, by order of acceptance.' }),
    starts_by: Nullable(Time('When that task is expected to start at the latest; null: nobody knows, and the pool drains for it.')),
  },
  { description: 'The pool that is kept for it, or that has room and is kept from it for another.' },
);

const Passed = Strict(
  {
    newer_until: Nullable(Time('What gets ready after this never goes before it in the order; null: it always may.')),
    past_from: Nullable(Time('From when on it has waited longer than its strategy promises; null: never, as there is no bound to pass.')),
    is_past: Type.Boolean({ description: 'It has.' }),
    summary: Type.String(),
  },
  { description: 'How long newer work may go before it. Guarantees and turns of tenants come before any order.' },
);

const Unblock = Strict({
  change: StringEnum(Object.keys(changes) as Change[]),
  who: StringEnum(clearers, { description: 'Who can make it.' }),
  summary: Type.String(),
  subject: Nullable(Type.String({ description: 'What is changed: a pool, type, tenant, constraint or region.' })),
  from: Scalar,
  to: Scalar,
  starts_on: Nullable(
    Type.String({ description: 'The pool it would start on at once; of several parts that of the first; null: it would wait for room.' }),
  ),
  placements: Nullable(Type.Array(Type.String(), { description: 'Of several parts: the pool of each.' })),
});

const PoolTable = Strict({
  pool: Type.String(),
  may_run: Type.Boolean({ description: 'Once there is room.' }),
  checks: Type.Array(
    Strict(
      { check: StringEnum(fitChecks), ok: Type.Boolean(), need: Scalar, have: Scalar },
      { description: 'need null: it asks for nothing.' },
    ),
  ),
});

export const ExplainQuery = Strict({
  pools: Type.Optional(StringEnum(['0', '1'] as const, { description: '1: also why not on each pool, the closest first, 100 at a time.' })),
  cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,7}$', description: 'next_cursor of the page before.' })),
});

export const Explanation = Strict(
  {
    task_id: Type.String(),
    status: StringEnum(taskStatuses),
    as_of: Time(''),
    seq: Type.Integer({ description: 'Position of the log this was read at.' }),
    strategy: Type.String({ description: 'The strategy that decides now; of a placed task, algorithm_used says who decided.' }),
    epoch: Type.Integer(),
    summary: Type.String({ description: 'The answer in a sentence.' }),
    holds: Type.Array(Hold, {
      description: 'Everything that stops it, the one that lasts longest by itself first; empty when it does not wait.',
    }),
    forecast: Nullable(Forecast),
    counts: Nullable(PoolCounts),
    holders: Type.Array(Holder, { description: 'What runs on the pools it may go to, most slots first; at most twenty.' }),
    kept: Nullable(KeptPool),
    max_wait: Nullable(Passed),
    decision: Nullable(Decision),
    unblock: Type.Array(Unblock, {
      description:
        'Single changes that would start it now, each tried on the state it was read at; smallest first within a kind. Where no pool could run it, also those that would let it wait for room (starts_on null), one at least of everybody who is said to be able to clear it.',
    }),
    pools: Type.Array(PoolTable, { description: 'With pools=1, of a task that waits for one.' }),
    next_cursor: Nullable(Type.String()),
  },
  { $id: 'Explanation', description: 'Why a task waits, or why it went where it went.' },
);
export type ExplanationBody = Static<typeof Explanation>;
