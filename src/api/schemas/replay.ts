import { poolStates } from '../../core/domain/pool.ts';
import { replayStatuses } from '../../core/domain/replay.ts';
import { workloadPatterns } from '../../core/domain/workload.ts';
import { AlgorithmChoiceOrName } from './algorithm.ts';
import { AnyObject, Name, Nullable, RefTo, Strict, StringEnum, Time } from './common.ts';
import { type Static, Type } from './type.ts';

const PoolEdit = Strict(
  {
    name: Name('A pool of the server, or a new one.'),
    region: Type.Optional(Name('Region; a new pool needs one.')),
    resource_type: Type.Optional(StringEnum(['cpu', 'gpu'] as const)),
    cost_per_unit: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 })),
    capacity: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    speed: Type.Optional(Type.Number({ minimum: 0.001, maximum: 1_000 })),
    state: Type.Optional(StringEnum(poolStates)),
  },
  { description: 'What would be different of a pool all the time.' },
);

const Generate = Strict(
  {
    pattern: StringEnum(workloadPatterns, {
      description: 'How they come; lublin: parallel jobs of one machine, which needs `processors`.',
    }),
    tasks: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    load: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 10, description: 'Work by capacity from the first to the last; 0.9 when left out.' }),
    ),
  },
  { description: 'Made tasks in place of the own history.' },
);

export const ReplayInput = Strict(
  {
    window: Type.Optional(
      Strict(
        {
          from: Type.Optional(Time('Tasks accepted from then on; an hour before `to` when left out.')),
          to: Type.Optional(Time('Tasks accepted before then; now when left out.')),
        },
        { description: 'Of the own history; the last hour when left out.' },
      ),
    ),
    strategies: Type.Array(RefTo(AlgorithmChoiceOrName), {
      minItems: 1,
      maxItems: 10,
      description: 'What to try: names such as fifo, or objects as PUT /config/algorithm takes them.',
    }),
    pools: Type.Optional(Type.Array(PoolEdit, { maxItems: 100, description: 'Pools that would be different, or there too.' })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295, description: 'Same seed, same answer; 1 when left out.' })),
    generate: Type.Optional(Generate),
    processors: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000_000,
        description:
          'Of one machine in place of the pools, for a trace or made tasks. A log in the Standard Workload Format says it itself.',
      }),
    ),
  },
  { $id: 'ReplayInput', description: 'A window of the own history, a trace or made tasks, to be replayed under strategies.' },
);
export type ReplayInputBody = Static<typeof ReplayInput>;

const Ms = (description: string) => Nullable(Type.Number({ description }));
const Share = (description: string) => Nullable(Type.Number({ description }));

export const ReplayFigures = Strict(
  {
    tasks: Type.Integer({ description: 'That the window did not cut off.' }),
    wait_ms: Strict(
      { mean: Ms(''), p50: Ms(''), p95: Ms(''), p99: Ms(''), max: Ms('') },
      { description: 'From when it could have run to its first start, or until it was given up. Percentiles are right to 0.4 %.' },
    ),
    bounded_slowdown: Strict(
      { mean: Share(''), p95: Share(''), max: Share('') },
      { description: 'max(1, (wait + run) / max(run, 10 s)).' },
    ),
    cost: Type.Number({ description: 'Of all attempts.' }),
    completed: Type.Integer(),
    failed: Type.Integer(),
    cancelled: Type.Integer(),
    deadlines: Strict({ tasks: Type.Integer({ description: 'With a deadline.' }), missed: Type.Integer() }),
    fairness_jain: Share("Jain's index over the tenants' mean bounded slowdowns: 1 when all fare alike."),
    tenants: Type.Array(Strict({ tenant: Type.String(), tasks: Type.Integer(), mean_wait_ms: Type.Number(), max_wait_ms: Type.Number() }), {
      description: 'The ten with the most tasks.',
    }),
    worst: Type.Array(
      Strict({
        id: Nullable(Type.String({ description: 'null: it has been removed, or never was one of this server.' })),
        seq: Type.Integer({ description: 'Of a trace the line.' }),
        tenant: Type.String(),
        type: Type.String(),
        wait_ms: Type.Number(),
        really_waited_ms: Ms('null: it never started.'),
      }),
      { description: 'The ten that wait longest.' },
    ),
  },
  { $id: 'ReplayFigures', description: 'How the tasks of a window fared, or would fare.' },
);

const Bounded = (description: string) =>
  Strict(
    { value: Type.Number(), bound: Nullable(Type.Number({ description: 'null: nobody knows.' })), gap: Share('(value - bound) / bound.') },
    { description },
  );
const Difference = Strict({
  absolute: Nullable(Type.Number()),
  relative: Share('By what really decided.'),
  interval: Nullable(Type.Array(Type.Number(), { minItems: 2, maxItems: 2, description: '95 %, over twenty slices of the window.' })),
  verdict: Nullable(StringEnum(['better', 'worse'] as const, { description: 'Said only when the interval leaves 0 out.' })),
});

export const ReplayCard = Strict(
  {
    algorithm: Type.String(),
    params: AnyObject('Defaults filled in.'),
    figures: RefTo(ReplayFigures),
    never_started: Type.Integer({ description: 'Tasks that could not start at all.' }),
    total_cost: Bounded(
      'Of all attempts, those of tasks that were cut off too; no placement that is done as soon costs less than the bound.',
    ),
    makespan_ms: Bounded('From the first task to the last end; no schedule is done sooner than the bound; none where tasks never started.'),
    differences: Type.Union([Strict({ mean_wait_ms: Difference, p95_wait_ms: Difference, cost: Difference }), Type.Null()], {
      description: 'To what really decided, both replayed; of other tasks to the first that was tried. Less is better.',
    }),
  },
  { $id: 'ReplayCard', description: 'How one strategy would have done.' },
);

export const ReplayFidelity = Strict(
  {
    score: Type.Number({ description: '0-1, the least of the parts; below 0.95 the cards are no ground for a decision.' }),
    placement: Type.Number({ description: 'Share of decisions, or else of first attempts, that are as they were.' }),
    placement_by: StringEnum(['decisions', 'pool', 'class'] as const, {
      description:
        'decisions: made once more on what the server was told, see `proof`; else of a replay that works out all ends itself: the same pool, or class, where pools of one region, resource and price count as one.',
    }),
    free_placement: Nullable(
      Type.Number({
        description:
          'Share of first attempts on the same pool, or class of pools, where all ends are worked out. Where pools are nearly full this is low without anything being wrong: one end a millisecond earlier moves all that follows.',
      }),
    ),
    wait_error: Type.Number({ description: 'Of the mean wait, by the real one or a second.' }),
    tail_error: Type.Number({ description: 'The same of the 95th percentile.' }),
    is_good: Type.Boolean(),
    warning: Nullable(Type.String({ description: 'What to make of it when it is not.' })),
  },
  { $id: 'ReplayFidelity', description: 'How well a replay of what really decided reproduces what happened.' },
);

const Decided = Type.Union([AnyObject('Pool, attempt, algorithm, epoch and why.'), Type.Null()]);
export const ReplayProof = Strict(
  {
    outcome: StringEnum(['proved', 'partly', 'differs', 'none'] as const, {
      description:
        'proved: all decisions of the window are the same; partly: those that could be compared are; differs: one is not; none: nothing could be compared.',
    }),
    says: Type.String({ description: 'The same as a sentence.' }),
    decisions: Type.Integer({ description: 'The same, since the start of the server.' }),
    in_window: Type.Integer({ description: 'Of these, in the window.' }),
    from: Nullable(Time('The start of the server from which on decisions were made once more; null: the log has none.')),
    until: Nullable(Time('The last that was compared.')),
    reason: Nullable(Type.String({ description: 'Why not all of the window.' })),
    difference: Type.Union(
      [
        Strict({ at: Time(''), task: Type.Integer({ description: 'seq' }), what: Type.String(), recorded: Decided, again: Decided }),
        Type.Null(),
      ],
      { description: 'The first decision that is another.' },
    ),
  },
  { $id: 'ReplayProof', description: 'Decisions of the server made once more on exactly what it was told, and compared one by one.' },
);

const Source = Type.Union(
  [
    Strict({
      kind: StringEnum(['trace', 'generated'] as const),
      name: Type.String({ description: 'Of the file, or the pattern.' }),
      processors: Nullable(Type.Integer({ description: 'Asked for.' })),
    }),
    Type.Null(),
  ],
  { description: 'Where other tasks came from; null: the own history.' },
);

const state = {
  id: Type.String(),
  status: StringEnum(replayStatuses),
  from: Time('Begin of the window; of other tasks when the first came.'),
  to: Time('End of the window; of other tasks when the last came.'),
  source: Source,
  algorithms: Type.Array(Type.String(), { description: 'What is tried.' }),
  by: Type.String({ description: 'Who asked for it.' }),
  started_at: Time(''),
  ended_at: Nullable(Time('')),
  progress: Strict(
    { done: Type.Integer(), total: Nullable(Type.Integer()) },
    { description: 'Tasks; total is null until they have been counted.' },
  ),
  error: Nullable(Type.String({ description: 'Why it has no result.' })),
};

export const ReplaySummary = Strict(state, { $id: 'ReplaySummary' });
export const ReplayList = Strict({ replays: Type.Array(RefTo(ReplaySummary)) }, { $id: 'ReplayList', description: 'Newest first.' });

const Result = Strict({
  first_task_at: Time(''),
  last_task_at: Time(''),
  tasks: Strict({
    replayed: Type.Integer(),
    unfinished: Type.Integer({ description: 'Had not ended at the end of the window: simulated, and in no average.' }),
    carried_over: Type.Integer({ description: 'There before the window began: simulated, and in no average.' }),
    missing: Type.Integer({ description: 'Removed by retention.' }),
  }),
  fidelity: Type.Union([RefTo(ReplayFidelity), Type.Null()]),
  proof: Type.Union([RefTo(ReplayProof), Type.Null()], { description: 'null: of other tasks than the own.' }),
  actual: Type.Union([RefTo(ReplayFigures), Type.Null()], { description: 'As it happened; null: nothing of it happened here.' }),
  as_run: Type.Union([RefTo(ReplayCard), Type.Null()], {
    description: 'What really decided, replayed over all its switches; `algorithm` is the first of `decided`.',
  }),
  decided: Type.Array(Type.String(), {
    description: 'The strategies that really decided in the window, one after the other; none of other tasks than the own.',
  }),
  cards: Type.Array(RefTo(ReplayCard)),
  notes: Type.Array(Type.String(), { description: 'What could not be known and was assumed.' }),
});

export const Replay = Strict(
  { ...state, seed: Type.Integer(), result: Type.Union([Result, Type.Null()]) },
  { $id: 'Replay', description: 'A window of the own history under other strategies.' },
);
export type ReplayBody = Static<typeof Replay>;
export type ReplaySummaryBody = Static<typeof ReplaySummary>;

export const Activation = Strict(
  {
    algorithm: Type.String({ minLength: 1, maxLength: 129, description: 'One of its cards.' }),
    params: Type.Optional(AnyObject('Which of them, where it was tried with several.')),
  },
  { $id: 'Activation' },
);
