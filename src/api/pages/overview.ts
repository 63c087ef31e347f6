import type { FastifyReply, FastifyRequest } from 'fastify';
import { inForce, sharedParameters } from '../../../frontend/js/model/parameters.js';
import { type OverviewModel, overviewScreen } from '../../../frontend/js/views/overview.js';
import { epochView, poolView } from '../views/catalogue.ts';
import { statsView } from '../views/system.ts';
import { viewerOf } from './asked.ts';
import { taskFormModel } from './new-task.ts';
import type { Renderer } from './render.ts';
import { mostPools, type PageDeps, type Screen, screenOf } from './screen.ts';
import { latestRun } from './simulate.ts';
import { readRows } from './task-rows.ts';

const recentRows = 10;

/** `GET /` for browsers: the whole system at a glance, which is not for keys of one tenant. */
export function overviewPage(deps: PageDeps, { show, leave }: Renderer) {
  return async (request: FastifyRequest, reply: FastifyReply) =>
    viewerOf(request).tenant === undefined ? show(request, reply, () => readOverview(deps, request)) : leave(reply, { to: '/tasks' });
}

async function readOverview({ engine, options, history }: PageDeps, request: FastifyRequest): Promise<Screen> {
  const [{ tasks }, simulation] = await Promise.all([
    readRows(engine, { filter: {}, limit: recentRows }, viewerOf(request)),
    latestRun(engine),
  ]);
  const pools = engine.pools();
  const { algorithms } = engine.algorithms();
  const epoch = epochView(engine.algorithm());
  // Utilisation by name is in the pools already, and with many of them it is most of the page.
  const { worker_utilization: _, ...stats } = statsView(engine, options);
  const model: OverviewModel = {
    stats,
    history: history.samples(),
    pools: pools.slice(0, mostPools).map(poolView),
    poolTotal: pools.length,
    tasks,
    algorithms: algorithms.map(({ name, summary, kind, current }) => ({ name, summary, kind, current })),
    epoch,
    overtaking: inForce(epoch, sharedParameters(algorithms)).shared,
    simulation,
    taskForm: taskFormModel(request, engine, { values: {} }),
    simulateForm: { values: {} },
  };
  return screenOf('overview', 'Overview', overviewScreen, model);
}
