import type { FastifyInstance, FastifyRequest } from 'fastify';
import { poolFromForm } from '../../../frontend/js/model/forms.js';
import type { FormState } from '../../../frontend/js/views/fields.js';
import { poolScreen, poolsScreen } from '../../../frontend/js/views/pool.js';
import type { LivePool } from '../../core/engine/engine.ts';
import { toProblem } from '../errors.ts';
import { parsePoolPatch } from '../parse-pool.ts';
import { refused } from '../refused.ts';
import { Strict } from '../schemas/common.ts';
import { NodePatch } from '../schemas/node.ts';
import { PoolPatch } from '../schemas/pool.ts';
import { Type } from '../schemas/type.ts';
import { poolView } from '../views/catalogue.ts';
import { nodeView } from '../views/node.ts';
import { anyPage, readAddress } from './address.ts';
import { backTo, type FormValues, formOf, originOf, viewerOf } from './asked.ts';
import type { Renderer } from './render.ts';
import { type Done, mostPools, notFound, type PageDeps, type Screen, screenOf } from './screen.ts';
import { readRows } from './task-rows.ts';
import { attempt, checkBody } from './validate.ts';

const shownTasks = 50;

const PoolsAddress = Strict({
  region: Type.Optional(Type.String({ maxLength: 64 })),
  page: Type.Optional(Type.Integer({ minimum: 1 })),
  ...anyPage,
});
const pageRule = (last: number) => `must be an integer from 1 to ${last}`;

/** `/pools` and `/pools/<name>`: what runs where, and on which nodes; drain, pause, resume, capacity and price. */
export function poolPages(app: FastifyInstance, { engine }: PageDeps, { show, leave }: Renderer): void {
  const schema = { hide: true };

  app.get('/pools', { schema }, (request, reply) => show(request, reply, () => readPage(request)));

  app.get<{ Params: { name: string } }>('/pools/:name', { schema }, (request, reply) =>
    show(request, reply, () => read(request, request.params.name, { values: {} })),
  );

  app.post<{ Params: { name: string } }>('/pools/:name', { schema }, async (request, reply) => {
    const values = formOf(request);
    const { name } = request.params;
    const changed = await attempt(request, () => change(request, name, values));
    if ('value' in changed) return leave(reply, changed.value);
    return show(request, reply, () => read(request, name, { values, problem: changed.problem }, changed.problem.status));
  });

  app.post<{ Params: { name: string } }>('/pools/:name/state', { schema }, async (request, reply) => {
    const values = formOf(request);
    const back = backTo(values, `/pools/${encodeURIComponent(request.params.name)}`);
    const changed = await attempt(request, () => change(request, request.params.name, { state: values['state'] ?? '' }));
    if ('value' in changed) return leave(reply, { ...changed.value, to: back });
    return leave(reply, { to: back, flash: { tone: 'bad', text: changed.problem.detail } });
  });

  app.post<{ Params: { name: string; id: string } }>('/pools/:name/nodes/:id/state', { schema }, async (request, reply) => {
    const { name, id } = request.params;
    const to = `/pools/${encodeURIComponent(name)}`;
    const changed = await attempt(request, async () => {
      if (engine.nodes.get(id)?.pool !== name) throw notFound(`Node ${id.slice(0, 64)} of pool ${name.slice(0, 64)}`);
      const { state } = checkBody(request, NodePatch, { state: formOf(request)['state'] });
      return engine.nodes.setDraining(id, state === 'draining');
    });
    if ('problem' in changed) return leave(reply, { to, flash: { tone: 'bad', text: changed.problem.detail } });
    return leave(reply, { to, flash: { tone: 'ok', text: `${id} is ${changed.value.state}.` } });
  });

  function readPage(request: FastifyRequest): Screen {
    const regions = engine.defaults().regions;
    const { given, errors: misshapen } = readAddress(request, PoolsAddress);
    const { region = '' } = given;
    const all = engine.pools().filter(({ pool }) => region === '' || pool.region === region);
    const last = Math.max(1, Math.ceil(all.length / mostPools));
    const { page = 1 } = given;
    const isKnown = region === '' || regions.includes(region);
    const [first, ...more] = [
      ...misshapen.map(({ path, message }) => ({ path, message: path === '/query/page' ? pageRule(last) : message })),
      ...(isKnown ? [] : [{ path: '/query/region', message: `must be one of ${regions.join(', ')}, and it was ${region.slice(0, 64)}` }]),
      ...(isKnown && page > last ? [{ path: '/query/page', message: `${pageRule(last)}, and it was ${page}` }] : []),
    ];
    const problem = first === undefined ? undefined : toProblem(refused(first, ...more), request.url, request.id);
    const shown = problem === undefined ? all.slice((page - 1) * mostPools, page * mostPools).map(poolView) : [];
    const model = { pools: shown, total: all.length, region, regions, page, pageSize: mostPools, origin: originOf(request) };
    return screenOf('pools', 'Worker pools', poolsScreen, problem === undefined ? model : { ...model, problem }, problem?.status);
  }

  async function read(request: FastifyRequest, name: string, form: FormState, status = 200): Promise<Screen> {
    const live = named(name);
    const { tasks } = await readRows(engine, { filter: { pool: [name], status: ['processing'] }, limit: shownTasks }, viewerOf(request));
    // Machines work for all tenants: who sees one alone is not told of them, here as in the API.
    const showsNodes = live.pool.executor === 'node' && viewerOf(request).tenant === undefined;
    const nodes = showsNodes ? engine.nodes.all({ pool: name }).map(nodeView) : null;
    return screenOf('pool', name, poolScreen, { pool: poolView(live), tasks, nodes, form, origin: originOf(request) }, status);
  }

  async function change(request: FastifyRequest, name: string, values: FormValues): Promise<Done> {
    const { pool } = named(name);
    const patch = checkBody(request, PoolPatch, poolFromForm(values));
    const version = /^\d{1,15}$/.test(values['version'] ?? '') ? Number(values['version']) : undefined;
    const live = await engine.changePool(name, parsePoolPatch(patch, pool), viewerOf(request), version);
    return {
      to: `/pools/${encodeURIComponent(name)}`,
      flash: { tone: 'ok', text: `${name} is ${live.pool.state}, ${live.pool.capacity} slots.` },
    };
  }

  function named(name: string): LivePool {
    const found = engine.pools().find(({ pool }) => pool.name === name);
    if (found === undefined) throw notFound(`Pool ${name.slice(0, 64)}`);
    return found;
  }
}
