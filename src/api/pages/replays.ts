import type { FastifyInstance, FastifyRequest } from 'fastify';
import { overtakingChanges } from '../../../frontend/js/model/parameters.js';
import { fileChoice, replayFromForm } from '../../../frontend/js/model/replay-form.js';
import type { FormState } from '../../../frontend/js/views/fields.js';
import { activationScreen, replayScreen } from '../../../frontend/js/views/replay.js';
import { replaysScreen, tasksText } from '../../../frontend/js/views/replays.js';
import type { Replay } from '../../core/domain/replay.ts';
import type { Caller } from '../../core/engine/engine.ts';
import type { ProblemBody } from '../errors.ts';
import { parseReplay } from '../parse-replay.ts';
import { refused } from '../refused.ts';
import { ReplayInput } from '../schemas/replay.ts';
import { isoTime } from '../time.ts';
import type { ReadUpload, UploadedTrace } from '../trace-upload.ts';
import { epochView } from '../views/catalogue.ts';
import { replaySummaryView, replayView } from '../views/replay.ts';
import { type FormValues, formOf, originOf, queryOf, viewerOf } from './asked.ts';
import type { Renderer } from './render.ts';
import { type Done, notFound, type PageDeps, type Screen, screenOf } from './screen.ts';
import { attempt, checkBody } from './validate.ts';

/** `/replays`: other strategies on the own history, how far a replay is, its cards, and the switch to one of them. */
export function replayPages(
  app: FastifyInstance,
  { engine, clock, readUpload }: PageDeps & { readonly readUpload: ReadUpload },
  { show, leave }: Renderer,
): void {
  const schema = { hide: true };

  app.get('/replays', { schema }, (request, reply) => show(request, reply, () => list(request, { values: {} })));

  app.post('/replays', { schema }, async (request, reply) => {
    const form = request.isMultipart()
      ? await attempt(request, () => readUpload(request))
      : { value: { fields: formOf(request), trace: undefined } };
    if (!('value' in form)) return show(request, reply, () => list(request, { values: {}, problem: form.problem }, form.problem.status));
    const { fields: values, trace } = form.value;
    const started = await attempt(request, () => start(request, values, trace));
    if ('value' in started) return leave(reply, started.value);
    return show(request, reply, () => list(request, { values, problem: started.problem }, started.problem.status));
  });

  app.get<{ Params: { id: string } }>('/replays/:id', { schema }, (request, reply) =>
    show(request, reply, () => {
      const replay = replayView(known(request.params.id));
      return screenOf('replay', `Replay of ${tasksText(replay)}`, replayScreen, { replay, ...around(request) });
    }),
  );

  app.post<{ Params: { id: string } }>('/replays/:id/cancel', { schema }, async (request, reply) => {
    const { id } = known(request.params.id);
    const cancelled = await attempt(request, () => engine.cancelReplay(id));
    if ('value' in cancelled) return leave(reply, { to: `/replays/${id}`, flash: { tone: 'ok', text: 'The replay was cancelled.' } });
    return leave(reply, { to: `/replays/${id}`, flash: { tone: 'bad', text: cancelled.problem.detail } });
  });

  app.get<{ Params: { id: string } }>('/replays/:id/activation', { schema }, (request, reply) =>
    show(request, reply, () => question(request, request.params.id, queryOf(request).get('card') ?? '')),
  );

  app.post<{ Params: { id: string } }>('/replays/:id/activation', { schema }, async (request, reply) => {
    const { id } = request.params;
    const values = formOf(request);
    const activated = await attempt(request, () => activate(id, values, viewerOf(request)));
    if ('value' in activated) return leave(reply, activated.value);
    return show(request, reply, () => question(request, id, values['card'] ?? '', activated.problem));
  });

  async function start(request: FastifyRequest, values: FormValues, trace: UploadedTrace | undefined): Promise<Done> {
    const now = clock.now();
    const body = checkBody(request, ReplayInput, replayFromForm(values, isoTime(now)));
    const names = engine.pools().map(({ pool }) => pool.name);
    const file = values['last'] === fileChoice ? trace : undefined;
    if (values['last'] === fileChoice && file === undefined) throw refused({ path: '/body/trace', message: 'is missing: choose a file' });
    const { id } = await engine.replay(parseReplay(body, now, names, file), viewerOf(request), file?.bytes);
    return { to: `/replays/${id}` };
  }

  async function activate(id: string, values: FormValues, viewer: Caller): Promise<Done> {
    const { name, params } = cardOf(known(id), values['card'] ?? '');
    const epoch = /^\d{1,15}$/.test(values['epoch'] ?? '') ? Number(values['epoch']) : undefined;
    await engine.activateReplay(id, { name, params }, viewer, epoch);
    return { to: `/replays/${id}`, flash: { tone: 'ok', text: `${name} decides from now on.`, to: '/algorithms', label: 'Algorithms' } };
  }

  function list(request: FastifyRequest, form: FormState, status = 200): Screen {
    const algorithms = engine.algorithms().algorithms.map(({ name, summary, kind, current }) => ({ name, summary, kind, current }));
    const model = { form, algorithms, replays: engine.replays().map(replaySummaryView), origin: originOf(request) };
    return screenOf('replays', 'Replays', replaysScreen, model, status);
  }

  function question(request: FastifyRequest, id: string, place: string, problem?: ProblemBody): Screen {
    const replay = known(id);
    const { name, params } = cardOf(replay, place);
    const changes = overtakingChanges(engine.algorithms().algorithms, epochView(engine.algorithm()), { algorithm: name, params });
    const asked = { card: Number(place), algorithm: name, changes, ...(problem === undefined ? {} : { problem }) };
    const model = { replay: replayView(replay), ...around(request), ...asked };
    return screenOf('activation', `Switch to ${name}?`, activationScreen, model, problem?.status);
  }

  function around(request: FastifyRequest) {
    return { epoch: epochView(engine.algorithm()), origin: originOf(request) };
  }

  function known(id: string): Replay {
    const replay = engine.replayOf(id);
    if (replay === undefined) throw notFound('Replay');
    return replay;
  }
}

/** @param place among the cards, from 0 */
function cardOf({ result }: Replay, place: string) {
  const card = /^\d{1,3}$/.test(place) ? result?.cards[Number(place)] : undefined;
  if (card === undefined) throw notFound('Strategy of the replay');
  return card;
}
