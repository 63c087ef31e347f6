import { bundleLimits } from '../../core/domain/bundle.ts';
import { outputStreams } from '../../core/ports/task-files.ts';
import { Strict, StringEnum } from './common.ts';
import { LeaseId } from './node.ts';
import { type Static, Type } from './type.ts';

const params = { id: Type.String({ description: 'name of the node' }), lease: LeaseId };
export const InputFileParams = Strict({ ...params, '*': Type.String() });
const parent = { ...params, task: Type.String({ maxLength: 64, description: 'id of a task that the leased one depends on' }) };
export const ParentParams = Strict(parent);
export const ParentFileParams = Strict({ ...parent, '*': Type.String() });
export const PrintParams = Strict({ ...params, stream: StringEnum(outputStreams) });
const maxCount = Number.MAX_SAFE_INTEGER;

export const InputList = Strict(
  {
    bytes: Type.Integer({ description: 'Of all files.' }),
    files: Type.Array(
      Strict({
        path: Type.String(),
        bytes: Type.Integer(),
        sha256: Type.String({ description: 'Of its contents, in hexadecimal.' }),
        executable: Type.Boolean(),
        url: Type.String({ description: 'Where it can be had.' }),
      }),
      { maxItems: bundleLimits.files },
    ),
  },
  { $id: 'InputList', description: 'The files of a bundle, for the node that runs it.' },
);

export const PrintQuery = Strict({
  offset: Type.Integer({ minimum: 0, maximum: maxCount, description: 'Where the body begins, in bytes of the stream.' }),
});
export const Printed = Strict({
  bytes: Type.Integer({ description: `What the server has now: the next piece begins here. It keeps ${bundleLimits.outputBytes}.` }),
});

export const LeftQuery = Strict({
  partial: Type.Optional(Type.Boolean({ description: 'Not all yet: to be seen while it runs, over what was sent before.' })),
});
/** What stands in the form beside the files. */
export const LeftFields = Strict({
  stdout_bytes: Type.Optional(
    Type.Integer({ minimum: 0, maximum: maxCount, description: 'Printed in all, kept or not; 0 when left out.' }),
  ),
  stderr_bytes: Type.Optional(
    Type.Integer({ minimum: 0, maximum: maxCount, description: 'Printed in all, kept or not; 0 when left out.' }),
  ),
  sha256: Type.Optional(
    Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'Of the lines `SHA256 PATH` of all files, each with a line feed, sorted by bytes; it is compared when it is sent.',
    }),
  ),
  skipped: Type.Optional(
    Type.Array(Strict({ path: Type.String({ maxLength: 1_024 }), reason: Type.String({ maxLength: 200 }) }), {
      maxItems: 100,
      description: 'What lay there and is no part of the result, as JSON.',
    }),
  ),
});
export type LeftFieldsBody = Static<typeof LeftFields>;
export const LeftAnswer = Strict({ files: Type.Integer(), bytes: Type.Integer() });
export type InputListBody = Static<typeof InputList>;
