import type { JsonObject } from '../../core/domain/json.ts';
import { AnyJson, AnyObject, Nullable, RefTo, Strict, StringEnum, Time } from './common.ts';
import { type Static, Type } from './type.ts';

const AlgorithmName = Type.String({
  minLength: 1,
  maxLength: 64,
  description:
    'One of `algorithms` of /algorithms, such as fifo, priority, min_cost; or an order and a placement, as priority+least_loaded.',
});

/** Its type is said by hand: a union of schemas would make the values of its second member `unknown`. */
const Half = (description: string) =>
  Type.Unsafe<string | { name: string; params?: JsonObject }>({
    description,
    anyOf: [
      { type: 'string', minLength: 1, maxLength: 64 },
      {
        type: 'object',
        required: ['name'],
        additionalProperties: false,
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 64 },
          params: { type: 'object', additionalProperties: true },
        },
      },
    ],
  });

const Reason = Type.String({ minLength: 1, maxLength: 500, description: 'Why, for the history and the log.' });

export const AlgorithmChoice = Strict(
  {
    algorithm: Type.Optional(AlgorithmName),
    order: Type.Optional(Half('One of `orders` of /algorithms, by name or with its parameters; fifo when only `place` is given.')),
    place: Type.Optional(Half('One of `places` of /algorithms, by name or with its parameters; min_cost for most orders.')),
    params: Type.Optional(AnyObject('Parameters of the algorithm, or of its halves; what is left out gets its default.')),
    reason: Type.Optional(Reason),
  },
  { $id: 'AlgorithmChoice', minProperties: 1, description: 'An algorithm by its name, or by its two halves.' },
);

/**
 * A choice, or only a name. One schema for both and no `anyOf`, so that what is wrong with a choice is said with its path.
 */
export const AlgorithmChoiceOrName = Type.Unsafe<string | Static<typeof AlgorithmChoice>>({
  $id: 'AlgorithmChoiceOrName',
  type: ['string', 'object'],
  minLength: 1,
  maxLength: 64,
  minProperties: 1,
  additionalProperties: false,
  properties: AlgorithmChoice.properties,
  description: 'The name of an algorithm, such as fifo; or an object as PUT /config/algorithm takes it.',
});

/** May be left out. */
export const AlgorithmRollback = Nullable(Strict({ reason: Type.Optional(Reason) }));

export const AlgorithmSwitch = Strict(
  { algorithm: AlgorithmName, params: Type.Optional(AnyObject('Its parameters; what is left out gets its default.')) },
  { $id: 'AlgorithmSwitch' },
);

const part = {
  name: Type.String(),
  summary: Type.String(),
  description: Type.String(),
  parameters: AnyObject('JSON Schema of its parameters, with defaults.'),
};
const complexity = StringEnum(['static', 'slope', 'share'] as const, { description: 'The kind of rule that orders the queue.' });

export const MaxWait = Strict(
  {
    by: StringEnum(['arrival', 'priority', 'deadline', 'backlog', 'none'] as const, {
      description: 'What the bound of a task hangs on. arrival: nothing newer ever goes before it. none: there is no bound.',
    }),
    summary: Type.String({ description: 'What the order promises. Guarantees and turns of tenants come before any order.' }),
    room: Type.String({ description: 'What keeps work of other needs from taking the room all the same.' }),
    by_priority: Nullable(
      Type.Array(
        Strict({
          priority: Type.Integer({ minimum: 1, maximum: 10 }),
          ms: Nullable(
            Type.Number({ description: 'What gets ready later than this after a task never goes before it; null: it always may.' }),
          ),
        }),
        { description: 'Where it hangs on the priority.' },
      ),
    ),
  },
  { $id: 'MaxWait', description: 'How long newer work may go before a waiting task.' },
);
export type MaxWaitBody = Static<typeof MaxWait>;

export const Algorithm = Strict(
  {
    ...part,
    complexity,
    kind: StringEnum(['order', 'place'] as const, { description: 'What it is known for; the other half is one of its parameters.' }),
    current: Type.Boolean(),
    max_wait: RefTo(MaxWait),
  },
  { $id: 'Algorithm' },
);

const AlgorithmOrder = Strict({ ...part, complexity }, { description: 'Which task is next.' });
const AlgorithmPlace = Strict(part, { description: 'Which pool a task gets.' });

export const AlgorithmList = Strict(
  {
    algorithms: Type.Array(RefTo(Algorithm)),
    orders: Type.Array(AlgorithmOrder),
    places: Type.Array(AlgorithmPlace),
    current: Type.String(),
  },
  { $id: 'AlgorithmList', description: 'Any of the orders goes with any of the places; algorithms are those with a name of their own.' },
);
export type AlgorithmListBody = Static<typeof AlgorithmList>;

const epoch = {
  algorithm: Type.String(),
  params: AnyObject('Parameters in force, defaults included.'),
  epoch: Type.Integer({ description: 'One more with every switch; the ETag.' }),
  since: Time('When it took over.'),
  by: Type.String({ description: 'Who switched.' }),
  reason: Nullable(Type.String({ description: 'Why, where they said so.' })),
};

export const CurrentAlgorithm = Strict(epoch, { $id: 'CurrentAlgorithm', description: 'The strategy that decides.' });
export type CurrentAlgorithmBody = Static<typeof CurrentAlgorithm>;

const Reset = Type.Record(Type.String(), Strict({ from: AnyJson('Before the switch.'), to: AnyJson('Its default.') }), {
  description: 'After a switch: parameters that were set before, and have their default now because the switch did not name them.',
});

export const AlgorithmInForce = Strict(
  { ...epoch, max_wait: RefTo(MaxWait), reset: Type.Optional(Reset) },
  { $id: 'AlgorithmInForce', description: 'The strategy that decides, and what it promises.' },
);
export type AlgorithmInForceBody = Static<typeof AlgorithmInForce>;

export const AlgorithmHistory = Strict(
  { epochs: Type.Array(RefTo(CurrentAlgorithm)) },
  { $id: 'AlgorithmHistory', description: 'Newest first.' },
);
export const Switched = Strict(
  { status: StringEnum(['success'] as const), algorithm: Type.String(), reset: Type.Optional(Reset) },
  { $id: 'Switched' },
);
