import multipart from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { bundleLimits } from '../../core/domain/bundle.ts';
import { TaskRouterError } from '../../core/domain/errors.ts';
import type { Upload } from '../../core/ports/bundle-files.ts';
import { callerOf } from '../caller.ts';
import { type ApiDeps, base } from '../deps.ts';
import { idempotencyKey, idempotencyOf } from '../idempotency.ts';
import { archiveOf, createFieldReader } from '../job-fields.ts';
import { parseTask } from '../parse-task.ts';
import type { Compile } from '../plugins/validation.ts';
import { setRateLimit } from '../rate-limit.ts';
import { RefTo } from '../schemas/common.ts';
import { Task, TaskInput, type TaskInputBody } from '../schemas/task.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { validationError } from '../validation-errors.ts';
import { taskView } from '../views/task.ts';

const maxFields = 64;

/** `POST /jobs`: files and task fields as a form, written to disk as they come. */
export const jobRoutes =
  ({ engine, bundles }: ApiDeps, compile: Compile): FastifyPluginAsyncTypebox =>
  async (app) => {
    const isTask = compile(RefTo(TaskInput));
    await app.register(multipart, {
      preservePath: true,
      limits: {
        ...{ fieldNameSize: 100, fieldSize: 1_048_576, fields: maxFields, headerPairs: 20 },
        ...{ files: bundleLimits.files + 1, parts: bundleLimits.files + 1 + maxFields, fileSize: bundleLimits.uploadBytes },
      },
    });

    app.post(
      '/jobs',
      {
        bodyLimit: bundleLimits.uploadBytes,
        schema: {
          operationId: 'submitJob',
          tags: ['tasks'],
          summary: 'Submit a bundle: files with a run.sh',
          description:
            'A form (`multipart/form-data`). Every part with a file name is a file of the bundle, under that name; a part called `bundle` is an archive (`.zip`, `.tar.gz`, `.tgz`) that is unpacked. Fields are those of a task: `type`, `priority`, …, or all of them as JSON in `task`. `run.sh` at the top is run with bash, reads `payload` as JSON on standard input, and its exit status decides. Answered after the commit.',
          consumes: ['multipart/form-data'],
          response: { 201: RefTo(Task) },
          problems: [409, 413, 415, 422, 429],
        },
      },
      async (request, reply) => {
        if (bundles === undefined) throw new TaskRouterError('sandbox_unavailable', 'This server takes no files.');
        refuseWithoutSandbox();
        if (!request.isMultipart()) throw noForm;
        const key = idempotencyKey(request);
        const upload = await bundles.inputs.receive({ digest: key !== undefined });
        try {
          const body = await receive(request, upload).catch(asUnreadable);
          const { digest } = await upload.check();
          const { idempotency_key: field, ...content } = body;
          if (field !== undefined) throw keyInForm;
          const idempotency = key === undefined ? undefined : idempotencyOf(key, { ...content, files: digest });
          const input = parseTask(body, bundleLimits.unpackedBytes);
          const { task, replayed } = await engine.submitBundle(input, upload, callerOf(request), { idempotency });
          if (replayed) reply.header('idempotency-replayed', 'true');
          setRateLimit(reply, engine.submitLimits(task.tenant, task.type));
          reply.code(201).header('location', `${base}/tasks/${task.id}`);
          return taskView(task);
        } finally {
          await upload.drop(); // after a submit there is nothing left of it
          request.raw.unpipe();
          request.raw.resume();
        }
      },
    );

    /** Before a byte is read: what nothing here could run is not sent for nothing. */
    function refuseWithoutSandbox(): void {
      const { reason, cure } = bundles?.sandbox ?? { reason: null, cure: null };
      if (reason !== null) throw new TaskRouterError('sandbox_unavailable', `${reason} ${cure ?? ''}`.trim());
    }

    async function receive(request: FastifyRequest, upload: Upload): Promise<TaskInputBody> {
      const fields = createFieldReader();
      for await (const part of request.parts()) {
        if (part.type === 'field') {
          fields.add(part.fieldname, part.value, part.valueTruncated);
          continue;
        }
        part.file.on('error', () => {}); // a client may break off before the file is read, and who reads it is told then
        if (part.fieldname === 'bundle') await upload.addArchive(archiveOf(part.filename), part.file);
        else await upload.addFile(part.filename ?? '', part.file);
      }
      const body = fields.body();
      if (!isTask(body)) throw validationError(isTask.errors ?? [], 'body');
      return body as unknown as TaskInputBody; // just checked
    }
  };

/** The parser of forms says in plain errors that a client broke off or does not speak its language. */
function asUnreadable(error: unknown): never {
  const { message = '', code = '' } = error as NodeJS.ErrnoException;
  if (error instanceof TaskRouterError || !/multipart|boundary|\bpart\b|premature|aborted|ECONNRESET/i.test(`${message} ${code}`))
    throw error;
  throw new TaskRouterError('bad_header', 'The form could not be read to its end.', { cause: error });
}

const noForm = new TaskRouterError('unsupported_media_type', 'Send a form: multipart/form-data, with a file run.sh and a field type.');
const keyInForm = new TaskRouterError('validation_failed', 'Send the idempotency key as the header Idempotency-Key.', {
  errors: [{ path: '/body/idempotency_key', message: 'must be the header Idempotency-Key' }],
});
