import type { FastifyInstance, FastifyRequest } from 'fastify';
import { simulationFromForm } from '../../../frontend/js/model/forms.js';
import type { FormState } from '../../../frontend/js/views/fields.js';
import { type Plan, simulateScreen } from '../../../frontend/js/views/simulate.js';
import { TaskRouterError } from '../../core/domain/errors.ts';
import { arrivalsOf, type SimulationInput } from '../../core/domain/workload.ts';
import type { Engine } from '../../core/engine/engine.ts';
import type { Simulation } from '../../core/ports/catalogue-store.ts';
import { dashboard } from '../caller.ts';
import { parseSimulation } from '../parse-simulation.ts';
import { SimulationInput as SimulationSchema } from '../schemas/simulation.ts';
import { simulationView } from '../views/catalogue.ts';
import { type FormValues, formOf, originOf, queryOf, viewerOf } from './asked.ts';
import type { Renderer } from './render.ts';
import { type Done, notFound, type PageDeps, type Screen, screenOf } from './screen.ts';
import { attempt, checkBody } from './validate.ts';

const planParts = 60;

/** `/simulate`: traffic to make, its curve before it starts, and how far the run has come. */
export function simulatePages(app: FastifyInstance, { engine, random }: PageDeps, { show, leave }: Renderer): void {
  const schema = { hide: true };

  app.get('/simulate', { schema }, (request, reply) =>
    show(request, reply, async () => read(request, { values: Object.fromEntries(queryOf(request)) }, await latestRun(engine))),
  );

  app.get<{ Params: { id: string } }>('/simulate/:id', { schema }, (request, reply) =>
    show(request, reply, async () => {
      const run = await engine.simulation(request.params.id);
      if (run === undefined) throw notFound('Simulation');
      return read(request, { values: {} }, simulationView(run));
    }),
  );

  app.post('/simulate', { schema }, async (request, reply) => {
    const values = formOf(request);
    const started = await attempt(request, () => start(request, values));
    if ('value' in started) return leave(reply, started.value);
    return show(request, reply, async () =>
      read(request, { values, problem: started.problem }, await latestRun(engine), started.problem.status),
    );
  });

  app.post<{ Params: { id: string } }>('/simulate/:id/stop', { schema }, async (request, reply) => {
    const run = await engine.stopSimulation(request.params.id);
    if (run === undefined) throw notFound('Simulation');
    return leave(reply, { to: `/simulate/${run.id}`, flash: { tone: 'ok', text: 'The run was stopped.' } });
  });

  async function start(request: FastifyRequest, values: FormValues): Promise<Done> {
    const { simulation: run } = await engine.simulate(inputOf(request, values), viewerOf(request));
    return { to: `/simulate/${run.id}`, flash: { tone: 'ok', text: `Run of ${run.taskCount} tasks started.` } };
  }

  function inputOf(request: FastifyRequest, values: FormValues): SimulationInput {
    const body = checkBody(request, SimulationSchema, simulationFromForm(values));
    return parseSimulation(body, engine.defaults().regions, () => Math.floor(random.next() * 2 ** 32));
  }

  function read(request: FastifyRequest, form: FormState, simulation: ReturnType<typeof simulationView> | null, status = 200): Screen {
    const model = { form, regions: engine.defaults().regions, simulation, plan: planOf(request, form.values), origin: originOf(request) };
    return screenOf('simulate', 'Traffic simulator', simulateScreen, model, status);
  }

  /** The curve of the form as it stands; none while it would be refused. */
  function planOf(request: FastifyRequest, values: FormValues): Plan | null {
    try {
      const input = inputOf(request, { task_count: '50', ...values });
      return countArrivals(arrivalsOf(input, { types: ['any'], regions: ['any'] }, () => random.next()));
    } catch (error) {
      if (error instanceof TaskRouterError) return null;
      throw error;
    }
  }
}

function countArrivals(arrivals: readonly { readonly offsetMs: number }[]): Plan {
  const lengthMs = arrivals.at(-1)?.offsetMs ?? 0;
  const counts = Array.from({ length: planParts }, () => 0);
  for (const { offsetMs } of arrivals) {
    const part = lengthMs === 0 ? 0 : Math.min(planParts - 1, Math.floor((offsetMs / lengthMs) * planParts));
    counts[part] = (counts[part] ?? 0) + 1;
  }
  return { counts, lengthMs };
}

/** The run that was started last, from the log: it is there after a restart too. Runs belong to nobody: whoever may see the page sees all. */
export async function latestRun(engine: Engine): Promise<ReturnType<typeof simulationView> | null> {
  const { entries } = await engine.log({ system: true, types: ['simulation_started'], limit: 1 }, dashboard);
  const id = entries[0]?.details['simulation'];
  const run: Simulation | undefined = typeof id === 'string' ? await engine.simulation(id) : undefined;
  return run === undefined ? null : simulationView(run);
}
