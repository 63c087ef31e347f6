import { TaskRouterError } from '../../core/domain/errors.ts';
import type { Replay as DomainReplay } from '../../core/domain/replay.ts';
import { callerOf } from '../caller.ts';
import { etagOf, ifMatch } from '../conditions.ts';
import { type ApiDeps, base } from '../deps.ts';
import { parseReplay } from '../parse-replay.ts';
import { refused } from '../refused.ts';
import { replayFromFields } from '../replay-fields.ts';
import { CurrentAlgorithm } from '../schemas/algorithm.ts';
import { NoBody } from '../schemas/batch.ts';
import { IdParams, RefTo } from '../schemas/common.ts';
import { Activation, Replay, ReplayInput, ReplayList } from '../schemas/replay.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { type UploadedTrace, useTraceUploads } from '../trace-upload.ts';
import { epochView } from '../views/catalogue.ts';
import { replaySummaryView, replayView } from '../views/replay.ts';

const tags = ['replay'];

declare module 'fastify' {
  interface FastifyRequest {
    /** The file of a form. */
    trace: UploadedTrace | undefined;
  }
}

export const replayRoutes =
  ({ engine, clock }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const readUpload = await useTraceUploads(app);
    app.decorateRequest('trace', undefined);

    app.post(
      '/replays',
      {
        schema: {
          operationId: 'startReplay',
          tags,
          summary: 'Try strategies on the own history, a trace, or made tasks',
          description:
            'Replays what really decided and each of the strategies on the tasks of a window, beside the running server. One at a time; read `Location` for progress and cards, or follow `Location`/events. A trace is sent as a form (`multipart/form-data`): the file as `trace` (Standard Workload Format, CSV or NDJSON of tasks; plain or gzip; at most 32 MiB, 512 MiB unpacked), and the fields of this body as JSON in `request`, or `strategies` (names by comma), `processors` and `seed` by themselves. Of the own history it is answered at once, before a thread has begun; of a trace when all its lines are checked, and what is wrong names its line. The same strategy with the same parameters cannot be tried twice. The file is kept nowhere.',
          consumes: ['application/json', 'multipart/form-data'],
          body: RefTo(ReplayInput),
          response: { 202: RefTo(Replay) },
          problems: [400, 404, 409, 413, 415, 422],
        },
        preValidation: async (request) => {
          if (!request.isMultipart()) return;
          const { fields, trace } = await readUpload(request);
          if (trace === undefined) throw refused({ path: '/body/trace', message: 'is missing: send the file as `trace`' });
          Object.assign(request, { body: replayFromFields(fields), trace }); // checked as any body is, right after
        },
      },
      async (request, reply) => {
        const known = engine.pools().map(({ pool }) => pool.name);
        const { body, trace } = request;
        const replay = await engine.replay(parseReplay(body, clock.now(), known, trace), callerOf(request), trace?.bytes);
        return reply.code(202).header('location', `${base}/replays/${replay.id}`).header('retry-after', 1).send(replayView(replay));
      },
    );

    app.get(
      '/replays',
      { schema: { operationId: 'listReplays', tags, summary: 'Replays there were', response: { 200: RefTo(ReplayList) }, problems: [] } },
      async () => ({ replays: engine.replays().map(replaySummaryView) }),
    );

    app.get(
      '/replays/:id',
      {
        schema: {
          operationId: 'getReplay',
          tags,
          summary: 'How far it is, and its cards',
          params: IdParams,
          response: { 200: RefTo(Replay) },
          problems: [404],
        },
      },
      async (request) => found(engine.replayOf(request.params.id)),
    );

    app.delete(
      '/replays/:id',
      {
        schema: {
          operationId: 'cancelReplay',
          tags,
          summary: 'Cancel it',
          params: IdParams,
          body: NoBody,
          response: { 200: RefTo(Replay) },
          problems: [404, 409, 415, 422],
        },
      },
      async (request) => found(await engine.cancelReplay(request.params.id)),
    );

    app.post(
      '/replays/:id/activation',
      {
        schema: {
          operationId: 'activateReplay',
          tags,
          summary: 'Switch to a strategy it tried',
          description:
            'The log row of the switch has a receipt: which replay, its fidelity, and what it promised. With `If-Match` of /config/algorithm only while nobody else has switched.',
          params: IdParams,
          body: RefTo(Activation),
          response: { 200: RefTo(CurrentAlgorithm) },
          problems: [404, 409, 412, 413, 415, 422],
        },
      },
      async (request, reply) => {
        const { algorithm: name, params } = request.body;
        const choice = { name, ...(params === undefined ? {} : { params }) };
        const epoch = await engine.activateReplay(request.params.id, choice, callerOf(request), ifMatch(request));
        return reply.header('etag', etagOf(epoch.epoch)).send(epochView(epoch));
      },
    );
  };

function found(replay: DomainReplay | undefined) {
  if (replay === undefined) throw new TaskRouterError('not_found', 'Replay not found');
  return replayView(replay);
}
