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
import { RefTo } from '../schemas/common.ts';
import { BatchTask } from '../schemas/task.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';

/** `POST /jobs/batch`: several bundles in one form and one COMMIT. A scope of its own: it has one field. */
export const jobBatchRoute =
  (deps: ApiDeps, compile: Compile): FastifyPluginAsyncTypebox =>
  async (app) => {
    const isTask = compile(RefTo(BatchTask));
    await app.register(multipart, {
      preservePath: true,
      limits: {
        ...{ fieldNameSize: 100, fieldSize: 1_048_576, fields: 2, headerPairs: 20 },
        ...{ files: bundleLimits.files + 1, parts: bundleLimits.files + 3, fileSize: bundleLimits.uploadBytes },
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
            'A form (`multipart/form-data`). First the field `tasks`: a JSON array as for `POST /tasks/batch`; items may depend on each other by place or `ref`, and those without files be of any other type. Then the files: a part `files[NAME]` is a file of the bundle of task NAME (its `ref`, or its place from 0), `bundle[NAME]` an archive of it. Together they may have what one bundle may. All are committed at once; one that is refused refuses all, with the paths of every problem. With an `Idempotency-Key` K task i gets the key `K/i` unless it has its own.',
          consumes: ['multipart/form-data'],
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
    if (part.type === 'file') {
      part.file.on('error', () => {}); // a client may break off before the file is read, and who reads it is told then
      await batch.addFile(part.fieldname, part.filename ?? '', part.file);
    } else if (part.fieldname === 'tasks') batch.setTasks(part.value, part.valueTruncated);
    else throw refused({ path: `/body/${part.fieldname.slice(0, 100)}`, message: 'is no field here; fields of tasks belong into tasks' });
  }
}
