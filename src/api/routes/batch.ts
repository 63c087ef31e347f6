import type { FastifyRequest } from 'fastify';
import { TaskRouterError } from '../../core/domain/errors.ts';
import type { BatchItem } from '../../core/engine/engine.ts';
import { BrokenLine, type ParsedItem, parseItem, refuseAll } from '../batch-items.ts';
import { callerOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { Refusals } from '../errors.ts';
import { idempotencyKey } from '../idempotency.ts';
import { refuseEncoded } from '../plugins/body-parsers.ts';
import type { Compile } from '../plugins/validation.ts';
import { BatchBody, BatchItemResult, type BatchItemResultBody, BatchQuery, BatchResult } from '../schemas/batch.ts';
import { RefTo } from '../schemas/common.ts';
import { BatchTask } from '../schemas/task.ts';
import { type FastifyPluginAsyncTypebox, Type } from '../schemas/type.ts';
import { unknownNames } from '../unknown-names.ts';

const bodyLimit = 16 * 1_048_576;

/** `POST /tasks/batch`. A scope of its own: its bodies are larger, and depth and keys are counted for each item. */
export const batchRoute =
  ({ engine }: ApiDeps, compile: Compile, refusals: Refusals): FastifyPluginAsyncTypebox =>
  async (app) => {
    const isTask = compile(RefTo(BatchTask));
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit }, (request, text, done) => {
      settle(request, () => parseArray(text as string), done);
    });
    app.addContentTypeParser('application/x-ndjson', { parseAs: 'string', bodyLimit }, (request, text, done) => {
      settle(request, () => parseLines(text as string), done);
    });

    app.post(
      '/tasks/batch',
      {
        bodyLimit,
        schema: {
          operationId: 'submitBatch',
          tags: ['tasks'],
          summary: 'Submit up to 10,000 tasks',
          description:
            'A JSON array or NDJSON. Items are independent: one that is refused does not fail the others, unless `atomic`. Items may depend on others of the batch by place or `ref`: such a batch is committed at once. With an `Idempotency-Key` K item i gets the key `K/i` unless it has its own.',
          consumes: ['application/json', 'application/x-ndjson'],
          body: BatchBody,
          querystring: BatchQuery,
          response: {
            200: {
              description: 'one result per item, in order',
              content: {
                'application/json': { schema: RefTo(BatchResult) },
                'application/x-ndjson': { schema: Type.String({ description: `one ${BatchItemResult.$id} a line` }) },
              },
            },
          },
          problems: [409, 413, 415, 422, 429],
        },
      },
      async (request, reply) => {
        const atomic = request.query.atomic === true;
        const key = idempotencyKey(request);
        const alsoWrong = (item: unknown) => unknownNames(item, engine);
        const items = request.body.map((item, index) => parseItem(item, index, isTask, key, { alsoWrong }));
        if (atomic) refuseAll(items);
        const results = await submit(items, atomic, request);
        if (results.every((result) => result.replayed)) reply.header('idempotency-replayed', 'true');
        const accepted = results.filter((result) => result.error === undefined).length;
        if (!wantsLines(request)) return { results, accepted, refused: results.length - accepted };
        reply.header('content-type', 'application/x-ndjson');
        return reply.send(results.map((result) => `${JSON.stringify(result)}\n`).join(''));
      },
    );

    async function submit(items: readonly ParsedItem[], atomic: boolean, request: FastifyRequest): Promise<BatchItemResultBody[]> {
      const good = items.flatMap((item) => ('error' in item ? [] : [item]));
      const answers = (good.length === 0 ? [] : await engine.submitBatch(good, callerOf(request), { atomic })).values();
      return items.map((item, index) => resultView(index, 'error' in item ? item : (answers.next().value as BatchItem), request)); // one answer for each good item
    }

    function resultView(index: number, item: BatchItem, request: FastifyRequest): BatchItemResultBody {
      if ('error' in item) {
        const error = refusals.problemOf(item.error, request);
        return { index, status: error.status, error };
      }
      const { task, replayed } = item;
      return { index, status: 201, id: task.id, seq: task.seq, task_status: task.status, replayed };
    }
  };

function settle(request: FastifyRequest, parse: () => unknown, done: (error: Error | null, body?: unknown) => void): void {
  try {
    refuseEncoded(request);
    done(null, parse());
  } catch (error) {
    done(error as Error);
  }
}

function parseArray(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason =
      text.trim() === '' ? 'The body is empty; send a JSON array of tasks.' : `The body is not JSON: ${(error as Error).message}.`;
    throw new TaskRouterError('malformed_json', reason, { errors: [{ path: '/body', message: reason }] });
  }
}

function parseLines(text: string): readonly unknown[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      try {
        return JSON.parse(line) as unknown;
      } catch (error) {
        return new BrokenLine(`The line is not JSON: ${(error as Error).message}.`);
      }
    });
}

function wantsLines({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('application/x-ndjson') === true;
}
