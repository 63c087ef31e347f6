import type { FastifyRequest } from 'fastify';
import { bundleLimits } from '../../core/domain/bundle.ts';
import { TaskRouterError } from '../../core/domain/errors.ts';
import type { Task } from '../../core/domain/task.ts';
import { isTerminal } from '../../core/domain/task-status.ts';
import type { Caller } from '../../core/engine/engine.ts';
import type { AttemptRemains } from '../../core/ports/task-files.ts';
import { attachment, contentTypeOf } from '../attachment.ts';
import { callerOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { noSuchPart } from '../no-such-part.ts';
import { FileList, FileQuery, FilesQuery, Output, OutputQuery } from '../schemas/bundle.ts';
import { IdParams, RefTo, Strict } from '../schemas/common.ts';
import { Empty } from '../schemas/responses.ts';
import { type FastifyPluginAsyncTypebox, Type } from '../schemas/type.ts';
import { sendFile, sendKeptFile, sendStream } from '../send-file.ts';
import { notFound, taskId } from '../task-id.ts';
import { fileListView, outputView } from '../views/files.ts';
import { zipOf } from '../zip.ts';

const tags = ['files'];
const FileParams = Strict({ id: IdParams.properties.id, '*': Type.String() });
const binary = { schema: Type.String({ format: 'binary' }) };

/** What bundles printed and left behind. Outside the scope that compresses: files go as they are. */
export const fileRoutes =
  ({ engine, bundles }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/tasks/:id/files',
      {
        schema: {
          operationId: 'getTaskFiles',
          tags,
          summary: 'Every file a bundle left, as a zip; with Accept: application/json a list',
          description: 'While it runs: what lies there now. Of a task of several parts: what part k left lies below parts/k/.',
          params: IdParams,
          querystring: FilesQuery,
          response: {
            200: {
              description: 'a zip, or a list',
              content: { 'application/zip': binary, 'application/json': { schema: RefTo(FileList) } },
            },
          },
          problems: [404, 409, 422],
        },
      },
      async (request, reply) => {
        const { task, found } = await remainsOf(request.params.id, request.query, callerOf(request));
        if (wantsList(request)) return fileListView(task.id, listable(found));
        attachment(reply, `${task.id}.zip`, 'application/zip');
        return sendStream(reply, zipOf(found));
      },
    );

    app.get(
      '/tasks/:id/files/*',
      {
        schema: {
          operationId: 'getTaskFile',
          tags,
          summary: 'One file a bundle left',
          description: 'Of an attempt that has ended it has an ETag, and parts can be had with Range.',
          params: FileParams,
          querystring: FileQuery,
          response: {
            200: { description: 'the file', content: { 'application/octet-stream': binary, 'text/plain': binary } },
            206: { description: 'a part of it', content: { 'application/octet-stream': binary, 'text/plain': binary } },
            304: Empty('the client has it'),
          },
          problems: [404, 409, 416, 422],
        },
      },
      async (request, reply) => {
        const path = request.params['*'];
        const { task, found } = await remainsOf(request.params.id, request.query, callerOf(request));
        const file = await found.open(path);
        if (file === undefined) throw new TaskRouterError('not_found', `The task left no file ${path.slice(0, 200)}.`);
        attachment(reply, path.slice(path.lastIndexOf('/') + 1), contentTypeOf(path));
        // What a job still writes to has no version to name.
        return found.isPartial ? sendFile(reply, file) : sendKeptFile(request, reply, file, `"${task.seq}.${found.attempt}"`);
      },
    );

    app.get(
      '/tasks/:id/output',
      {
        schema: {
          operationId: 'getTaskOutput',
          tags,
          summary: 'What a bundle printed',
          description: 'Live: `/events?task={id}&output=1`. Each of several parts has its own; without `part` it is that of part 0.',
          params: IdParams,
          querystring: OutputQuery,
          response: {
            200: {
              description: 'both streams, or one as text',
              content: { 'application/json': { schema: RefTo(Output) }, 'text/plain': binary },
            },
          },
          problems: [404, 409, 422],
        },
      },
      async (request, reply) => {
        const { stream, offset } = request.query;
        const { task, found } = await remainsOf(request.params.id, request.query, callerOf(request));
        if (stream === undefined) return outputView(task.id, found);
        attachment(reply, `${task.id}.${stream}.txt`, 'text/plain; charset=utf-8');
        return sendFile(reply, await found.output(stream), offset);
      },
    );

    async function remainsOf(id: string, { attempt, part }: Wanted, caller: Caller): Promise<{ task: Task; found: AttemptRemains }> {
      const task = await engine.task(taskId(id), caller);
      if (task === undefined) throw notFound();
      if (part !== undefined && part >= task.parts) throw noSuchPart(task, part);
      const found = await bundles?.files.of(task, attempt, part);
      if (found === undefined) throw nothingKept(task, { attempt, part });
      return { task, found };
    }
  };

interface Wanted {
  readonly attempt?: number | undefined;
  readonly part?: number | undefined;
}

/** Each part may leave as many files as a bundle may: a list of all of them would be of no use to anybody. */
function listable(found: AttemptRemains): AttemptRemains {
  const { length } = found.remains.files;
  if (length <= bundleLimits.files) return found;
  const cure = 'Ask for the list of one of them with ?part=, or for the zip.';
  throw new TaskRouterError('validation_failed', `The parts left ${length} files, and a list has at most ${bundleLimits.files}. ${cure}`);
}

function nothingKept(task: Task, { attempt, part }: Wanted): TaskRouterError {
  if (attempt !== undefined) return new TaskRouterError('not_found', `Nothing is kept of attempt ${attempt} of this task.`);
  if (task.attempt === 0 && !isTerminal(task.status))
    return new TaskRouterError('wrong_status', `The task is ${task.status}: it has not run yet.`);
  if (part !== undefined && task.parts > 1) return new TaskRouterError('not_found', `Nothing is kept of part ${part} of this task.`);
  return new TaskRouterError('not_found', 'Nothing is kept of this task: it brought no files, or they were removed.');
}

function wantsList({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.includes('application/json') && !accept.includes('application/zip');
}
