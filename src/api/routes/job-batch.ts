import type { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { bundleLimits } from '../../core/domain/bundle.ts';
import { bundleInputs } from '../bundle-inputs.ts';
import { callerOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { asUnreadable, takeForm } from '../form.ts';
import { idempotencyKey } from '../idempotency.ts';
import { createJobBatch, type JobBatch } from '../job-batch.ts';
import type { Compile } from '../plugins/validation.ts';
import { refused } from '../refused.ts';
import { BatchResult, maxJobs } from '../schemas/batch.ts';
import { RefTo, Strict } from '../schemas/common.ts';
import { BatchTask } from '../schemas/task.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';

const maxTasksBytes = 1_048_576;

/** `POST /jobs/batch`: several bundles in one form and one COMMIT. A scope of its own: it has one field. */
export const jobBatchRoute =
  (deps: ApiDeps, compile: Compile): FastifyPluginAsyncTypebox =>
  async (app) => {
    const isTask = compile(RefTo(BatchTask));
    await app.register(multipart, {
      preservePath: true,
      // The parser of forms would drop a JSON field that it cannot read: as a file it comes to us as it is.
      isPartAFile: (_name, type = '', fileName) => fileName !== undefined || /^application\/(json|octet-stream)/i.test(type),
      limits: {
        ...{ fieldNameSize: 100, fieldSize: maxTasksBytes, fields: 2, headerPairs: 20 },
        ...{ files: bundleLimits.files + 2, parts: bundleLimits.files + 4, fileSize: bundleLimits.uploadBytes },
      },
    });

    app.post(
      '/jobs/batch',
      {
        bodyLimit: bundleLimits.uploadBytes,
        schema: {
          operationId: 'submitJobs',
          tags: ['tasks'],
          summary: `Submit up to ${maxJobs} bundles that go in together or not at all`,
          description:
            'A form (`multipart/form-data`). First the field `tasks`: a JSON array as for `POST /tasks/batch`; items may depend on each other by place or `ref`, and those without files be of any other type. Then the files: a part `files[NAME]` is a file of the bundle of task NAME (its `ref`, or its place from 0), `bundle[NAME]` an archive of it. Together they may have what one bundle may. All are committed at once; one that is refused refuses all. Told are, in this order: all fields of `tasks` that are wrong; the first file that cannot be taken, which ends the form; every `run.sh` that is missing or cannot run; types, links and limits. A `ref` must not be a number. With an `Idempotency-Key` K task i gets the key `K/i` unless it has its own.',
          consumes: ['multipart/form-data'],
          querystring: Strict({}),
          response: { 200: RefTo(BatchResult) },
          problems: [409, 413, 415, 422, 429],
        },
      },
      async (request, reply) => {
        const batch = createJobBatch({ inputs: bundleInputs(deps), isTask, key: idempotencyKey(request) });
        try {
          await takeForm(request, () => receive(request, batch).catch(asUnreadable));
          const submitted = await deps.engine.submitBundles(await batch.items(), callerOf(request));
          if (submitted.every(({ replayed }) => replayed)) reply.header('idempotency-replayed', 'true');
          const results = submitted.map(({ task: { id, seq, status }, replayed }, index) => ({
            ...{ index, status: 201, id, seq, task_status: status, replayed },
          }));
          return { results, accepted: results.length, refused: 0 };
        } finally {
          await batch.drop(); // after a submit there is nothing left of it
        }
      },
    );
  };

async function receive(request: FastifyRequest, batch: JobBatch): Promise<void> {
  for await (const part of request.parts()) {
    const path = `/body/${part.fieldname.slice(0, 100)}`;
    if (part.type === 'file') part.file.on('error', () => {}); // a client may break off before the file is read, and who reads it is told then
    if (part.fieldname === 'tasks') {
      if (part.type === 'field') batch.setTasks(String(part.value), part.valueTruncated);
      else if (part.filename === undefined) batch.setTasks(...(await textOf(part.file)));
      else throw refused({ path, message: "is a field and no file: -F 'tasks=<tasks.json'" });
    } else if (part.type === 'file' && part.filename !== undefined) await batch.addFile(part.fieldname, part.filename, part.file);
    else if (/^(files|bundle)(\[|$)/.test(part.fieldname)) throw refused({ path, message: 'needs a file name: it is a file and no field' });
    else throw refused({ path, message: 'is no field here; fields of tasks belong into tasks' });
  }
}

/** @returns the text, and whether there is more of it than is taken */
async function textOf(file: Readable): Promise<[text: string, isCut: boolean]> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of file as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxTasksBytes) return ['', true];
    chunks.push(chunk);
  }
  return [Buffer.concat(chunks).toString(), false];
}
