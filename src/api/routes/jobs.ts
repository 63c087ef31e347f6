import type { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { bundleLimits } from '../../core/domain/bundle.ts';
import { TaskRouterError } from '../../core/domain/errors.ts';
import type { ArchiveKind, Upload } from '../../core/ports/bundle-files.ts';
import { bundleInputs } from '../bundle-inputs.ts';
import { callerOf } from '../caller.ts';
import { type ApiDeps, base } from '../deps.ts';
import { asUnreadable } from '../form.ts';
import { idempotencyKey, idempotencyOf } from '../idempotency.ts';
import { archiveOf, createFieldReader } from '../job-fields.ts';
import { parseTask } from '../parse-task.ts';
import { refuseEncoded } from '../plugins/body-parsers.ts';
import type { Compile } from '../plugins/validation.ts';
import { setRateLimit } from '../rate-limit.ts';
import { refused } from '../refused.ts';
import { RefTo } from '../schemas/common.ts';
import { Task, TaskInput, type TaskInputBody } from '../schemas/task.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { taskView } from '../views/task.ts';

const maxFields = 64;
/** Bodies that are a bundle, packed. */
const archiveTypes = new Map<string, ArchiveKind>([
  ['application/zip', 'zip'],
  ['application/gzip', 'tar.gz'],
]);
/** Fields whose text is their value: `type=5` names a type and is no number. */
const texts = ['type', 'tenant', 'region', 'region_mode', 'resource_type', 'deadline', 'run_at', 'idempotency_key'];

/** `POST /jobs`: files and task fields as a form, written to disk as they come. */
export const jobRoutes =
  (deps: ApiDeps, compile: Compile): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { engine } = deps;
    const isTask = compile(RefTo(TaskInput));
    await app.register(multipart, {
      preservePath: true,
      limits: {
        ...{ fieldNameSize: 100, fieldSize: 1_048_576, fields: maxFields, headerPairs: 20 },
        ...{ files: bundleLimits.files + 1, parts: bundleLimits.files + 1 + maxFields, fileSize: bundleLimits.uploadBytes },
      },
    });

    app.addContentTypeParser([...archiveTypes.keys()], (request, payload, done) => {
      try {
        refuseEncoded(request);
        payload.on('error', () => {}); // a client may break off before it is read, and who reads it is told then
        done(null, payload);
      } catch (error) {
        done(error as Error);
      }
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
            'A form (`multipart/form-data`). Every part with a file name is a file of the bundle, under that name; a part called `bundle` is an archive (`.zip`, `.tar.gz`, `.tgz`) that is unpacked. Fields are those of a task: `type`, `priority`, …, or all of them as JSON in `task`. `run.sh` at the top is run with bash, reads `payload` as JSON on standard input, and its exit status decides. Or the archive itself as the body, with the fields in the query. Answered after the commit.',
          consumes: ['multipart/form-data', ...archiveTypes.keys()],
          response: { 201: RefTo(Task) },
          problems: [409, 413, 415, 422, 429],
        },
      },
      async (request, reply) => {
        const inputs = bundleInputs(deps);
        const packed = archiveTypes.get(request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '');
        if (packed === undefined && !request.isMultipart()) throw noForm;
        if (packed === undefined) refuseQuery(request);
        const key = idempotencyKey(request);
        const upload = await inputs.receive({ digest: key !== undefined });
        try {
          const body = await (packed === undefined ? receive(request, upload) : receivePacked(request, upload, packed)).catch(asUnreadable);
          const { digest } = await upload.check();
          const { idempotency_key: field, ...content } = body;
          if (field !== undefined) throw keyInForm;
          const idempotency = key === undefined ? undefined : idempotencyOf(key, { ...content, files: digest });
          const input = parseTask(body);
          const { task, replayed } = await engine.submitBundle(input, upload, callerOf(request), { idempotency });
          if (replayed) reply.header('idempotency-replayed', 'true');
          setRateLimit(reply, engine.submitLimits(task.tenant, task.type));
          reply.code(201).header('location', `${base}/tasks/${task.id}`);
          return taskView(task, engine.progressOf(task));
        } finally {
          await upload.drop(); // after a submit there is nothing left of it
          request.raw.unpipe();
          request.raw.resume();
        }
      },
    );

    /** The body is the archive, and the query has the fields. */
    async function receivePacked(request: FastifyRequest, upload: Upload, kind: ArchiveKind): Promise<TaskInputBody> {
      const fields = createFieldReader(TaskInput, texts);
      for (const [name, values] of Object.entries(request.query as Record<string, string | readonly string[]>))
        for (const value of [values].flat()) fields.add(name, value, false);
      const body = fields.checked<TaskInputBody>(isTask);
      await upload.addArchive(kind, request.body as Readable); // as the parser above leaves it
      return body;
    }

    async function receive(request: FastifyRequest, upload: Upload): Promise<TaskInputBody> {
      const fields = createFieldReader(TaskInput, texts);
      for await (const part of request.parts()) {
        if (part.type === 'field') {
          fields.add(part.fieldname, part.value, part.valueTruncated);
          continue;
        }
        part.file.on('error', () => {}); // a client may break off before the file is read, and who reads it is told then
        fields.check();
        if (part.fieldname === 'bundle') await upload.addArchive(archiveOf(part.filename), part.file);
        else await upload.addFile(part.filename ?? '', part.file);
      }
      return fields.checked<TaskInputBody>(isTask);
    }
  };

/** Beside a form it would be passed over without a word. */
function refuseQuery({ query }: FastifyRequest): void {
  const [name] = Object.keys(query as object);
  if (name !== undefined) throw refused({ path: `/query/${name.slice(0, 100)}`, message: 'is not read beside a form: send it as a field' });
}

const noForm = new TaskRouterError(
  'unsupported_media_type',
  'Send a form (multipart/form-data) with a file run.sh and a field type, or a zip (application/zip) with ?type=.',
);
const keyInForm = new TaskRouterError('validation_failed', 'Send the idempotency key as the header Idempotency-Key.', {
  errors: [{ path: '/body/idempotency_key', message: 'must be the header Idempotency-Key' }],
});
