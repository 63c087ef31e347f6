import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { ApiDeps } from '../deps.ts';
import { createRefusals } from '../errors.ts';
import { algorithmPages } from './algorithms.ts';
import { loadAssets } from './assets.ts';
import { backTo, formOf, type PageDeps } from './context.ts';
import { logPages } from './logs.ts';
import { newTaskPages } from './new-task.ts';
import { overviewPage } from './overview.ts';
import { poolPages } from './pools.ts';
import { keepPreferences } from './preferences.ts';
import { createRenderer, type Renderer } from './render.ts';
import { searchPage } from './search.ts';
import { simulatePages } from './simulate.ts';
import { createStatsHistory } from './stats-history.ts';
import { taskPages } from './task.ts';
import { taskListPages } from './tasks.ts';

/** A form is short; payloads that are not belong to the API. */
const formLimitBytes = 262_144;

/**
 * The dashboard: pages that are complete without a script, and the files that make them live. It decorates the server it is registered on
 * with `homePage` for `GET /`; everything else is its own scope, so that forms are read here and nowhere else.
 */
export function createPages(deps: Pick<ApiDeps, 'engine' | 'clock' | 'random' | 'logger' | 'options'>): FastifyPluginAsync {
  const assets = loadAssets();

  const pages: FastifyPluginAsync = async (app) => {
    const history = createStatsHistory(deps);
    app.addHook('onClose', async () => history.close());
    const pageDeps: PageDeps = { ...deps, history };
    const renderer = createRenderer(pageDeps, assets);
    const home = overviewPage(pageDeps, renderer);
    app.decorate('homePage', home);

    await app.register(async (scope) => {
      await scope.register(formbody, { bodyLimit: formLimitBytes });
      answerProblemsAsPages(scope, renderer);
      scope.get<{ Params: { '*': string } }>(`${assets.base}/*`, { schema: { hide: true } }, (request, reply) => assets.send(request.params['*'], request, reply));
      for (const add of [newTaskPages, taskListPages, taskPages, poolPages, algorithmPages, simulatePages, logPages, searchPage]) {
        add(scope, pageDeps, renderer);
      }
      scope.post('/preferences', { schema: { hide: true } }, async (request, reply) => {
        const values = formOf(request);
        keepPreferences(reply, values);
        return renderer.leave(reply, { to: backTo(values, '/') });
      });
    });
  };

  function answerProblemsAsPages(scope: FastifyInstance, renderer: Renderer): void {
    const refusals = createRefusals(deps);
    scope.setErrorHandler((error, request, reply) => {
      if (request.headers.accept?.includes('text/html')) return renderer.problem(request, reply, refusals.problemOf(error, request));
      refusals.handle(error, request, reply);
      return reply;
    });
  }

  // Not encapsulated, because `homePage` is for the server itself; @see https://fastify.dev/docs/latest/Reference/Plugins/
  return Object.assign(pages, { [Symbol.for('skip-override')]: true });
}
