import type { FastifyInstance, FastifyRequest } from 'fastify';
import { keyFromForm } from '../../../frontend/js/model/forms.js';
import { keysScreen } from '../../../frontend/js/views/keys.js';
import type { ProblemBody } from '../errors.ts';
import { KeyInput } from '../schemas/key.ts';
import { keySpecOf, keyView } from '../views/key.ts';
import { type FormValues, formOf, originOf, viewerOf } from './asked.ts';
import type { Renderer } from './render.ts';
import { mostPools, type PageDeps, type Screen, screenOf } from './screen.ts';
import { openSession } from './sign-in.ts';
import { attempt, checkBody } from './validate.ts';

interface Told {
  readonly made?: { readonly name: string; readonly key: string; readonly role: string };
  readonly problem?: ProblemBody;
  readonly values?: FormValues;
}

/** `/keys`: who may come in. A new key is in the answer to its form and nowhere else: no cookie and no address carries it. */
export function keyPages(app: FastifyInstance, { auth, engine, options }: PageDeps, { show, leave }: Renderer): void {
  if (auth === undefined) return;
  const { keys } = auth;
  const schema = { hide: true };

  app.get('/keys', { schema }, (request, reply) => show(request, reply, () => read(request, {})));

  app.post('/keys', { schema }, async (request, reply) => {
    const values = formOf(request);
    const made = await attempt(request, async () => {
      const body = checkBody(request, KeyInput, keyFromForm(values));
      const isFirst = keys.size === 0;
      const { listed, key } = await keys.add(keySpecOf(body), viewerOf(request).name);
      // It shuts the door behind itself: without a session this page, with the key on it, would make way for the sign-in.
      if (isFirst && options.auth !== 'off') openSession(auth, listed.prefix, request, reply);
      return { name: listed.name, role: listed.role, key };
    });
    return show(request, reply, () => read(request, 'value' in made ? { made: made.value } : { problem: made.problem, values }));
  });

  app.post<{ Params: { prefix: string } }>('/keys/:prefix/remove', { schema }, async (request, reply) => {
    const { prefix } = request.params;
    const removed = await attempt(request, () => keys.remove(prefix, viewerOf(request).name));
    if ('problem' in removed) return leave(reply, { to: '/keys', flash: { tone: 'bad', text: removed.problem.detail } });
    return leave(reply, { to: '/keys', flash: { tone: 'ok', text: `${prefix} opens nothing any more.` } });
  });

  function read(request: FastifyRequest, { made, problem, values = {} }: Told): Screen {
    const model = {
      keys: keys.all().map(keyView),
      made: made ?? null,
      isOff: options.auth === 'off',
      keyless: app.keyless(),
      form: { values, ...(problem === undefined ? {} : { problem }) },
      pools: engine
        .pools()
        .flatMap(({ pool }) => (pool.executor === 'node' ? [pool.name] : []))
        .slice(0, mostPools),
      origin: originOf(request),
    };
    return screenOf('keys', 'Keys', keysScreen, model, problem?.status ?? (made === undefined ? 200 : 201));
  }
}
