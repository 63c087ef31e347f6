import { bundleLimits, defaultBundleSettings } from '../../core/domain/bundle.ts';
import { outputStreams } from '../../core/ports/task-files.ts';
import { Nullable, Strict, StringEnum } from './common.ts';
import { type Static, Type } from './type.ts';

const standard = defaultBundleSettings;
const settings = {
  network: Type.Boolean({ description: `Whether jobs see the network of the machine; ${standard.network} when left out.` }),
  memory_mb: Type.Integer({
    ...{ minimum: 16, maximum: 1_048_576 },
    description: `Memory of all processes of a job, in MiB; ${standard.memoryMb} when left out.`,
  }),
  processes: Type.Integer({
    ...{ minimum: 1, maximum: 4_096 },
    description: `Processes and threads of a job at once; ${standard.processes} when left out.`,
  }),
  disk_mb: Type.Integer({
    ...{ minimum: 1, maximum: 1_048_576 },
    description: `What the folder of a job may grow to, in MiB; ${standard.diskMb} when left out.`,
  }),
  keep_hours: Nullable(
    Type.Integer({
      ...{ minimum: 0, maximum: 876_000 },
      description: 'Files are removed so long after the task ended; null: when the server removes files.',
    }),
  ),
};

/** Of a type whose tasks are bundles. */
export const BundleSettings = Strict(settings, { description: 'What its bundles may use; null: its tasks are no bundles.' });
export const BundleSettingsInput = Strict(Type.Partial(Type.Object(settings)).properties, {
  description: 'Its tasks are bundles, which may use so much; {} takes what is usual.',
});

export type BundleSettingsInputBody = Static<typeof BundleSettingsInput>;

const FileEntry = Strict({
  path: Type.String(),
  bytes: Type.Integer(),
  url: Type.String({ description: 'Where it can be had.' }),
});

export const FileList = Strict(
  {
    task_id: Type.String(),
    attempt: Type.Integer({ description: 'Whose files these are.' }),
    partial: Type.Boolean({ description: 'The attempt still runs: files come and go.' }),
    bytes: Type.Integer({ description: 'Of all files.' }),
    files: Type.Array(FileEntry, { maxItems: bundleLimits.files }),
    skipped: Type.Array(Strict({ path: Type.String(), reason: Type.String() }), {
      description: 'What lay there and is no part of the result: links, devices, what was over the limits.',
    }),
  },
  { $id: 'FileList', description: 'Every file an attempt left behind, or has left so far; those of part k of several below parts/k/.' },
);
export type FileListBody = Static<typeof FileList>;

const StreamText = Strict({
  text: Type.String({ description: `The first ${bundleLimits.outputBytes} bytes at most.` }),
  bytes: Type.Integer({ description: 'Written in all.' }),
  truncated: Type.Boolean({ description: 'More was written than is kept.' }),
});
export const Output = Strict(
  {
    task_id: Type.String(),
    attempt: Type.Integer(),
    part: Type.Integer({ description: 'Whose output this is, where a task has several parts; 0 for most.' }),
    partial: Type.Boolean({ description: 'The attempt still runs.' }),
    stdout: StreamText,
    stderr: StreamText,
  },
  { $id: 'Output', description: 'What run.sh printed.' },
);
export type OutputBody = Static<typeof Output>;

/** Parts of a task at most. */
const mostParts = 64;
export const PartQuery = Type.Optional(
  Type.Integer({ minimum: 0, maximum: mostParts - 1, description: 'Of a task of several parts: of this one, from 0.' }),
);
const Attempt = Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'The latest that left something when left out.' }));
export const FilesQuery = Strict({ attempt: Attempt, part: PartQuery });
export const FileQuery = Strict({ attempt: Attempt });
export const OutputQuery = Strict({
  ...{ attempt: Attempt, part: PartQuery },
  stream: Type.Optional(StringEnum(outputStreams, { description: 'This stream alone, as text.' })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'With stream: from this byte on.' })),
});
