import { callerOf } from '../caller.ts';
import { etagOf, ifMatch, isUnchanged } from '../conditions.ts';
import type { ApiDeps } from '../deps.ts';
import {
  AlgorithmChoice,
  AlgorithmHistory,
  AlgorithmInForce,
  AlgorithmList,
  AlgorithmRollback,
  AlgorithmSwitch,
  Switched,
} from '../schemas/algorithm.ts';
import { RefTo } from '../schemas/common.ts';
import { HistoryQuery } from '../schemas/lists.ts';
import { Empty } from '../schemas/responses.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { algorithmsView, epochView, inForceView, resetView } from '../views/catalogue.ts';

const tags = ['policy'];

export const algorithmRoutes =
  ({ engine, options }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/algorithms',
      {
        schema: {
          operationId: 'listAlgorithms',
          tags,
          summary: 'The strategies there are',
          response: { 200: RefTo(AlgorithmList) },
          problems: [],
        },
      },
      async () => algorithmsView(engine.algorithms(), engine.algorithm().name),
    );

    app.get(
      '/algorithms/history',
      {
        schema: {
          operationId: 'listEpochs',
          tags,
          summary: 'Who switched to what, and when',
          querystring: HistoryQuery,
          response: { 200: RefTo(AlgorithmHistory) },
          problems: [422],
        },
      },
      async (request) => ({ epochs: (await engine.algorithmHistory(request.query.limit ?? 50)).map(epochView) }),
    );

    app.get(
      '/config/algorithm',
      {
        schema: {
          operationId: 'getAlgorithm',
          tags,
          summary: 'The strategy that decides',
          response: { 200: RefTo(AlgorithmInForce), 304: Empty('unchanged') },
          problems: [],
        },
      },
      async (request, reply) => {
        const epoch = engine.algorithm();
        if (isUnchanged(request, reply, epoch.epoch)) return reply.code(304).send(undefined);
        return inForceView(epoch, engine.maxWait());
      },
    );

    app.put(
      '/config/algorithm',
      {
        schema: {
          operationId: 'setAlgorithm',
          tags,
          summary: 'Switch the strategy',
          description:
            'Answered when it has taken over: the very next decision is its own. Parameters that are left out get their defaults; `reset` names those that had another value.',
          body: RefTo(AlgorithmChoice),
          response: { 200: RefTo(AlgorithmInForce) },
          problems: [412, 413, 415, 422, 428],
        },
      },
      async (request, reply) => {
        const { reason, ...choice } = request.body;
        const epoch = await engine.switchAlgorithm(choice, callerOf(request), ifMatch(request, options.requireIfMatch), reason);
        return reply.header('etag', etagOf(epoch.epoch)).send({ ...inForceView(epoch, engine.maxWait()), ...resetView(epoch) });
      },
    );

    app.post(
      '/config/algorithm/rollback',
      {
        schema: {
          operationId: 'rollBackAlgorithm',
          tags,
          summary: 'Go back to the strategy that decided before',
          description:
            'A switch to the latest strategy, with its parameters, that was another than the current one; done twice, it undoes itself. 409 when there was none.',
          body: AlgorithmRollback,
          response: { 200: RefTo(AlgorithmInForce) },
          problems: [409, 412, 413, 415, 422],
        },
      },
      async (request, reply) => {
        const epoch = await engine.rollBackAlgorithm(callerOf(request), ifMatch(request), request.body?.reason);
        return reply.header('etag', etagOf(epoch.epoch)).send(inForceView(epoch, engine.maxWait()));
      },
    );

    app.post(
      '/algorithms/switch',
      {
        schema: {
          operationId: 'switchAlgorithm',
          tags,
          summary: "Switch the strategy, the original's way",
          body: RefTo(AlgorithmSwitch),
          response: { 200: RefTo(Switched) },
          problems: [412, 413, 415, 422],
        },
      },
      async (request) => {
        const epoch = await engine.switchAlgorithm(request.body, callerOf(request), ifMatch(request));
        return { status: 'success' as const, algorithm: epoch.name, ...resetView(epoch) };
      },
    );
  };
