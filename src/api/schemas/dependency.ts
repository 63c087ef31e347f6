import { maxParents, parentFailures } from '../../core/domain/dependency.ts';
import { namePattern } from '../../core/domain/name.ts';
import { taskStatuses } from '../../core/domain/task-status.ts';
import { AnyJson, Nullable, RefTo, Strict, StringEnum } from './common.ts';
import { type Static, Type } from './type.ts';

const Id = Type.String({ minLength: 1, maxLength: 64, description: 'Id of a task; in a batch also the ref of another item.' });
const Place = Type.Integer({ minimum: 0, maximum: 9_999, description: 'In a batch: the place of another item, from 0.' });
const Name = Type.String({ pattern: namePattern, maxLength: 64, description: "Under which it finds that one's result and files." });

export const DependsOnInput = Type.Array(Type.Union([Id, Place, Strict({ task: Type.Union([Id, Place]), name: Type.Optional(Name) })]), {
  maxItems: maxParents,
  description:
    'Tasks that must have ended before it starts: of its own tenant, or other items of its batch. With `name` it finds their results and files under that, else under the ref or the id.',
});

export const OnParentFailure = StringEnum(parentFailures, {
  description:
    'What becomes of it when one it depends on fails or is cancelled: it fails too (fail, the default), is cancelled without having run (skip), or runs all the same when all have ended (run).',
});

/** What a batch item may call itself. */
export const Ref = Type.String({
  pattern: namePattern,
  maxLength: 64,
  description: 'A name by which other items of this batch may depend on it.',
});

export const DependsOn = Type.Array(Strict({ task: Type.String(), name: Type.String() }), {
  description: 'Tasks that must have ended before it starts, and the names it knows them by.',
});

/** What an attempt is told of a task it depends on. */
export const EndedParent = Strict({
  task: Type.String(),
  name: Type.String(),
  status: StringEnum([...taskStatuses, 'gone'] as const, { description: 'gone: retention has removed it.' }),
  result: AnyJson('What it returned.'),
  attempt: Type.Integer({ description: 'Its latest: the one that completed it, where it did.' }),
});

const Relative = Strict(
  {
    task: Type.String(),
    name: Type.String({ description: 'Under which the child finds the parent.' }),
    type: Nullable(Type.String()),
    status: StringEnum([...taskStatuses, 'gone'] as const, { description: 'gone: retention has removed it.' }),
  },
  { $id: 'Relative', description: 'A task that another depends on, or the other way round.' },
);

export const Family = Strict(
  {
    on_parent_failure: Nullable(OnParentFailure),
    parents: Type.Array(RefTo(Relative), { description: 'Tasks it depends on.' }),
    children: Type.Array(RefTo(Relative), { description: 'The oldest tasks that depend on it.' }),
    more_children: Type.Boolean({ description: 'There are more than are listed.' }),
  },
  { $id: 'Family', description: 'Who waits or waited for whom.' },
);
export type FamilyBody = Static<typeof Family>;
export const familySchemas = [Relative, Family];
