import { arrivalPatterns, distributions } from '../../core/domain/workload.ts';
import { AnyObject, Nullable, ownKeyword, Strict, StringEnum, Time } from './common.ts';
import { type Static, type TSchema, Type } from './type.ts';

const pair = (item: TSchema & { static: number }, description: string) =>
  Type.Array(item, { minItems: 2, maxItems: 2, [ownKeyword]: 'range', description });

export const SimulationInput = Strict(
  {
    task_count: Type.Integer({ minimum: 1, maximum: 1_000 }),
    distribution: Type.Optional(
      StringEnum(distributions, {
        description:
          'random (default): as fast as accepted. burst: a pause of 100 ms after tasks 1, 11, 21, ... weighted: priority p with weight p.',
      }),
    ),
    region_bias: Type.Optional(Nullable(Type.String({ maxLength: 64, description: '70 % of the tasks go there, the rest anywhere.' }))),
    priority_range: Type.Optional(pair(Type.Integer({ minimum: 1, maximum: 10 }), 'Smallest and largest priority; [1, 10] when left out.')),
    cost_range: Type.Optional(
      pair(Type.Number({ minimum: 0.000001, maximum: 1e9 }), 'Smallest and largest cost; [0.1, 10] when left out.'),
    ),
    pattern: Type.Optional(
      Nullable(StringEnum(arrivalPatterns, { description: 'When the tasks arrive; null leaves it to distribution.' })),
    ),
    rate: Type.Optional(
      Type.Number({ minimum: 0.01, maximum: 10_000, description: 'Mean arrivals per second of pattern; 10 when left out.' }),
    ),
    duration: Type.Optional(
      Type.Number({
        minimum: 0.1,
        maximum: 86_400,
        description: 'Seconds in which pattern runs its course; task_count / rate when left out.',
      }),
    ),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295, description: 'Same seed, same tasks. Drawn when left out.' })),
  },
  { $id: 'SimulationInput', description: 'Traffic to make: real tasks, submitted over time.' },
);
export type SimulationInputBody = Static<typeof SimulationInput>;

const state = {
  id: Type.String(),
  task_count: Type.Integer(),
  tasks_created: Type.Integer(),
  start_time: Time('When it began.'),
  status: StringEnum(['running', 'completed', 'stopped'] as const),
};

export const SimulationStarted = Strict(state, { $id: 'SimulationStarted' });
export const Simulation = Strict(
  { ...state, end_time: Nullable(Time('When it ended.')), input: AnyObject('What was asked, defaults filled in.') },
  { $id: 'Simulation' },
);
export type SimulationBody = Static<typeof Simulation>;
