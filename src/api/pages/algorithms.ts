import type { FastifyInstance, FastifyRequest } from 'fastify';
import { algorithmFromForm, reasonFromForm } from '../../../frontend/js/model/forms.js';
import { switchedText } from '../../../frontend/js/model/parameters.js';
import { algorithmsScreen } from '../../../frontend/js/views/algorithms.js';
import type { ProblemBody } from '../errors.ts';
import { AlgorithmChoice, AlgorithmRollback } from '../schemas/algorithm.ts';
import { algorithmsView, epochView } from '../views/catalogue.ts';
import { backTo, type FormValues, formOf, originOf, viewerOf } from './asked.ts';
import type { Renderer } from './render.ts';
import { type Done, type PageDeps, type Screen, screenOf } from './screen.ts';
import { attempt, checkBody } from './validate.ts';

const shownEpochs = 20;

/** `/algorithms`: the rules there are, the one that decides, and the switch. */
export function algorithmPages(app: FastifyInstance, { engine }: PageDeps, { show, leave }: Renderer): void {
  const schema = { hide: true };

  app.get('/algorithms', { schema }, (request, reply) => show(request, reply, () => read(request)));

  app.post('/algorithms/switch', { schema }, async (request, reply) => {
    const values = formOf(request);
    const switched = await attempt(request, () => switchTo(request, values));
    if ('value' in switched) return leave(reply, switched.value);
    return show(request, reply, () => read(request, switched.problem, values));
  });

  app.post('/algorithms/rollback', { schema }, async (request, reply) => {
    const values = formOf(request);
    const back = await attempt(request, () => rollBack(request, values));
    if ('value' in back) return leave(reply, back.value);
    return show(request, reply, () => read(request, back.problem));
  });

  async function rollBack(request: FastifyRequest, values: FormValues): Promise<Done> {
    const body = checkBody(request, AlgorithmRollback, reasonFromForm(values));
    const { name, epoch } = await engine.rollBackAlgorithm(viewerOf(request), epochOf(values), body?.reason);
    return { to: backTo(values, '/algorithms'), flash: { tone: 'ok', text: `${name} decides again, in epoch ${epoch}.` } };
  }

  async function switchTo(request: FastifyRequest, values: FormValues): Promise<Done> {
    const parameters = engine.algorithms().algorithms.find(({ name }) => name === values['algorithm'])?.parameters;
    const { reason, ...choice } = checkBody(request, AlgorithmChoice, algorithmFromForm(values, parameters));
    const { name, reset } = await engine.switchAlgorithm(choice, viewerOf(request), epochOf(values), reason);
    return { to: backTo(values, '/algorithms'), flash: { tone: 'ok', text: switchedText(name, reset) } };
  }

  async function read(request: FastifyRequest, problem?: ProblemBody, values?: FormValues): Promise<Screen> {
    const model = {
      algorithms: algorithmsView(engine.algorithms(), engine.algorithm().name).algorithms,
      epoch: epochView(engine.algorithm()),
      // As in the API, which shows them to who sees everything.
      epochs: viewerOf(request).tenant === undefined ? (await engine.algorithmHistory(shownEpochs)).map(epochView) : [],
      origin: originOf(request),
      ...(problem === undefined ? {} : { problem }),
      ...(values === undefined ? {} : { values }),
    };
    return screenOf('algorithms', 'Scheduling algorithms', algorithmsScreen, model, problem?.status);
  }
}

/** The epoch the form was made in. */
function epochOf(values: FormValues): number | undefined {
  return /^\d{1,15}$/.test(values['epoch'] ?? '') ? Number(values['epoch']) : undefined;
}
