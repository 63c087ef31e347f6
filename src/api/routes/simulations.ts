import { TaskRouterError } from '../../core/domain/errors.ts';
import type { Simulation as DomainSimulation } from '../../core/ports/catalogue-store.ts';
import type { Random } from '../../core/ports/random.ts';
import { callerOf } from '../caller.ts';
import { type ApiDeps, base } from '../deps.ts';
import { idempotencyKey, idempotencyOf } from '../idempotency.ts';
import { parseSimulation } from '../parse-simulation.ts';
import { NoBody } from '../schemas/batch.ts';
import { IdParams, RefTo } from '../schemas/common.ts';
import { Simulation, SimulationInput, SimulationStarted } from '../schemas/simulation.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { simulationView } from '../views/catalogue.ts';

const tags = ['traffic'];

export const simulationRoutes =
  ({ engine, random }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/simulate',
      {
        schema: {
          operationId: 'simulate',
          tags,
          summary: 'Make traffic',
          description: '`Idempotency-Key` makes it safe to repeat: the answer is the run that the first request began, as it is now.',
          body: RefTo(SimulationInput),
          response: { 200: RefTo(SimulationStarted) },
          problems: [413, 415, 422],
        },
      },
      async (request, reply) => {
        const input = parseSimulation(request.body, engine.defaults().regions, () => drawSeed(random));
        const key = idempotencyKey(request);
        const again = key === undefined ? undefined : idempotencyOf(key, request.body);
        const { simulation, replayed } = await engine.simulate(input, callerOf(request), again);
        const started = simulationView(simulation);
        if (replayed) reply.header('idempotency-replayed', 'true');
        reply.header('location', `${base}/simulate/${started.id}`);
        return replayed ? started : { ...started, tasks_created: 0, status: 'running' as const };
      },
    );

    app.get(
      '/simulate/:id',
      {
        schema: {
          operationId: 'getSimulation',
          tags,
          summary: 'How far it got',
          params: IdParams,
          response: { 200: RefTo(Simulation) },
          problems: [404],
        },
      },
      async (request) => found(await engine.simulation(request.params.id)),
    );

    app.delete(
      '/simulate/:id',
      {
        schema: {
          operationId: 'stopSimulation',
          tags,
          summary: 'Stop it',
          description: 'It makes no more tasks; those it made stay.',
          params: IdParams,
          body: NoBody,
          response: { 200: RefTo(Simulation) },
          problems: [404, 415, 422],
        },
      },
      async (request) => found(await engine.stopSimulation(request.params.id)),
    );
  };

function found(simulation: DomainSimulation | undefined) {
  if (simulation === undefined) throw new TaskRouterError('not_found', 'Simulation not found');
  return simulationView(simulation);
}

function drawSeed(random: Random): number {
  return Math.floor(random.next() * 2 ** 32);
}
