import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { formLimitBytes } from '../body-limit.ts';
import type { ApiDeps } from '../deps.ts';
import { createRefusals } from '../errors.ts';
import { useTraceUploads } from '../trace-upload.ts';
import { algorithmPages } from './algorithms.ts';
import { backTo, formOf } from './asked.ts';
import { loadAssets } from './assets.ts';
import { keyPages } from './keys.ts';
import { logPages } from './logs.ts';
import { newTaskPages } from './new-task.ts';
import { operationPages } from './operations.ts';
import { overviewPage } from './overview.ts';
import { poolPages } from './pools.ts';
import { keepPreferences } from './preferences.ts';
import { quotaPages } from './quotas.ts';
import { createRenderer, type Renderer } from './render.ts';
import { replayPages } from './replays.ts';
import type { PageDeps } from './screen.ts';
import { searchPage } from './search.ts';
import { signInPages } from './sign-in.ts';
import { simulatePages } from './simulate.ts';
import { createStatsHistory } from './stats-history.ts';
import { taskPages } from './task.ts';
import { taskListPages } from './tasks.ts';

/**
 * The dashboard: pages that are complete without a script, and the files that make them live. It lives in a scope of its own, so that
 * forms are read here and nowhere else.
 */
export function createPages(
  deps: Pick<ApiDeps, 'engine' | 'clock' | 'random' | 'logger' | 'options' | 'auth' | 'bundles'>,
): FastifyPluginAsync {
  const assets = loadAssets();

  return async (app) => {
    const history = createStatsHistory(deps);
    app.addHook('onClose', async () => history.close());
    const pageDeps: PageDeps = { ...deps, history };
    const renderer = createRenderer(pageDeps, assets);

    await app.register(formbody, { bodyLimit: formLimitBytes });
    answerProblemsAsPages(app, deps, renderer);
    app.setHomePage(overviewPage(pageDeps, renderer));
    app.setLostPage(renderer.lost);
    for (const add of [
      newTaskPages,
      taskListPages,
      operationPages,
      taskPages,
      poolPages,
      algorithmPages,
      quotaPages,
      keyPages,
      simulatePages,
      logPages,
      searchPage,
      signInPages,
    ]) {
      add(app, pageDeps, renderer);
    }
    replayPages(app, { ...pageDeps, readUpload: await useTraceUploads(app) }, renderer);
    app.get<{ Params: { '*': string } }>(`${assets.base}/*`, { schema: { hide: true } }, (request, reply) =>
      assets.send(request.params['*'], request, reply),
    );
    app.post('/preferences', { schema: { hide: true } }, async (request, reply) => {
      const values = formOf(request);
      keepPreferences(reply, values);
      return renderer.leave(reply, { to: backTo(values, '/') });
    });
  };
}

/** People get a page that says what to do; programs that come here by mistake get the problem document. */
function answerProblemsAsPages(app: FastifyInstance, deps: Pick<ApiDeps, 'logger' | 'random'>, renderer: Renderer): void {
  const refusals = createRefusals(deps);
  app.setErrorHandler((error, request, reply) => {
    if (request.headers.accept?.includes('text/html')) return renderer.problem(request, reply, refusals.problemOf(error, request));
    refusals.handle(error, request, reply);
    return reply;
  });
}
