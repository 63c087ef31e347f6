import { AnyObject, RefTo, Strict, StringEnum, Time } from './common.ts';
import { type Static, Type } from './type.ts';

export const AlgorithmChoice = Strict(
  {
    algorithm: Type.String({ minLength: 1, maxLength: 64, description: 'One of /algorithms, such as fifo, priority, min_cost.' }),
    params: Type.Optional(AnyObject('Its parameters; what is left out gets its default.')),
  },
  { $id: 'AlgorithmChoice' },
);

export const Algorithm = Strict(
  {
    name: Type.String(),
    summary: Type.String(),
    description: Type.String(),
    complexity: StringEnum(['static', 'slope', 'share'] as const, { description: 'The kind of rule that orders the queue.' }),
    parameters: AnyObject('JSON Schema of its parameters, with defaults.'),
    current: Type.Boolean(),
  },
  { $id: 'Algorithm' },
);
export type AlgorithmBody = Static<typeof Algorithm>;

export const AlgorithmList = Strict({ algorithms: Type.Array(RefTo(Algorithm)), current: Type.String() }, { $id: 'AlgorithmList' });

export const CurrentAlgorithm = Strict(
  {
    algorithm: Type.String(),
    params: AnyObject('Parameters in force, defaults included.'),
    epoch: Type.Integer({ description: 'One more with every switch; the ETag.' }),
    since: Time('When it took over.'),
    by: Type.String({ description: 'Who switched.' }),
  },
  { $id: 'CurrentAlgorithm', description: 'The strategy that decides.' },
);
export type CurrentAlgorithmBody = Static<typeof CurrentAlgorithm>;

export const AlgorithmHistory = Strict(
  { epochs: Type.Array(RefTo(CurrentAlgorithm)) },
  { $id: 'AlgorithmHistory', description: 'Newest first.' },
);
export const Switched = Strict({ status: StringEnum(['success'] as const), algorithm: Type.String() }, { $id: 'Switched' });
