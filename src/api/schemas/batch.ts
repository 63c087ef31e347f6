import { Nullable, RefTo, Strict, StringEnum } from './common.ts';
import { Problem } from './problem.ts';
import { type Static, Type } from './type.ts';

/** The items are checked one at a time, so that a bad one does not fail the others. */
export const BatchBody = Type.Array(Type.Unsafe<unknown>({}), {
  minItems: 1,
  maxItems: 10_000,
  description:
    'Tasks to be, each as the body of POST /tasks, and may have a `ref` by which others depend on it. The same as NDJSON, one a line.',
});

export const BatchQuery = Strict({
  atomic: Type.Optional(Type.Boolean({ description: 'All or nothing: one refusal refuses the batch with 422 and the paths of all.' })),
});

/** Bundles of one request. */
export const maxJobs = 100;

export const BatchItemResult = Strict(
  {
    index: Type.Integer({ description: 'Place in the batch, from 0.' }),
    status: Type.Integer({ description: 'What POST /tasks would have answered: 201, 422, ...' }),
    id: Type.Optional(Type.String()),
    seq: Type.Optional(Type.Integer()),
    task_status: Type.Optional(StringEnum(['delayed', 'queued', 'processing', 'completed', 'failed', 'cancelled'] as const)),
    replayed: Type.Optional(Type.Boolean({ description: 'An earlier request with the same idempotency key made it.' })),
    error: Type.Optional(RefTo(Problem)),
  },
  { $id: 'BatchItemResult' },
);
export type BatchItemResultBody = Static<typeof BatchItemResult>;

export const BatchResult = Strict(
  {
    results: Type.Array(RefTo(BatchItemResult), { description: 'Result i belongs to item i.' }),
    accepted: Type.Integer(),
    refused: Type.Integer(),
  },
  { $id: 'BatchResult' },
);
export const NoBody = Nullable(Strict({}));
