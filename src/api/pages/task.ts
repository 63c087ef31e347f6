import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Tab, tabs, taskScreen } from '../../../frontend/js/views/task.js';
import type { Task } from '../../core/domain/task.ts';
import type { AttemptRemains } from '../../core/ports/task-files.ts';
import { poolView } from '../views/catalogue.ts';
import { explanationView } from '../views/explanation.ts';
import { familyView } from '../views/family.ts';
import { fewFilesView, tailsView } from '../views/files.ts';
import { attemptView, logRowView } from '../views/log.ts';
import { taskView } from '../views/task.ts';
import { originOf, queryOf, viewerOf } from './asked.ts';
import type { Renderer } from './render.ts';
import { mostPools, notFound, type PageDeps, type Screen, screenOf } from './screen.ts';

/** `/tasks/<id>`: the life of one task, why it waits or went where it went, and everything that happened to it. */
export function taskPages(app: FastifyInstance, deps: PageDeps, { show }: Renderer): void {
  const schema = { hide: true };
  app.get<{ Params: { id: string } }>('/tasks/:id', { schema }, (request, reply) =>
    show(request, reply, () => read(deps, request, request.params.id, tabOf(queryOf(request).get('tab')))),
  );
  app.get<{ Params: { id: string } }>('/tasks/:id/explain', { schema }, (request, reply) =>
    show(request, reply, () => read(deps, request, request.params.id, 'explain')),
  );
}

function tabOf(word: string | null): Tab {
  return tabs.find(([name]) => name === word)?.[0] ?? 'summary';
}

async function read({ engine, clock, bundles }: PageDeps, request: FastifyRequest, name: string, tab: Tab): Promise<Screen> {
  const id = name.toLowerCase();
  const { head } = engine.logBounds();
  const [explanation, attempts, log, family] = await Promise.all([
    engine.explain(id, viewerOf(request)),
    engine.attempts(id, viewerOf(request)),
    engine.taskLog(id, viewerOf(request)),
    engine.family(id, viewerOf(request)),
  ]);
  if (explanation === undefined || attempts === undefined || log === undefined || family === undefined) throw notFound('Task');
  const pools = engine.pools();
  const { task } = explanation;
  const part = tab === 'output' ? partOf(queryOf(request).get('part'), task.parts) : 0;
  const left = await leftOf(tab, bundles, task, part);
  return screenOf('task', `Task #${task.seq}`, taskScreen, {
    task: taskView(task, engine.progressOf(task)),
    attempts: attempts.map(attemptView),
    log: log.map(logRowView),
    explanation: explanationView(explanation, head, clock.now()),
    family: familyView(family),
    pools: tab === 'explain' ? pools.slice(0, mostPools).map(poolView) : [],
    poolTotal: pools.length,
    ...{ tab, part },
    origin: originOf(request),
    isBundle: isBundle(engine, task.type),
    output: tab === 'output' && left !== undefined ? await tailsView(left) : null,
    files: tab === 'files' && left !== undefined ? fewFilesView(task.id, left) : null,
  });
}

/** Of a page that somebody typed: what names no part is part 0. */
function partOf(text: string | null, parts: number): number {
  const part = Number(text ?? 0);
  return Number.isInteger(part) && part >= 0 && part < parts ? part : 0;
}

/** Files are shown of all parts, and output of one. */
async function leftOf(tab: Tab, bundles: PageDeps['bundles'], task: Task, part: number): Promise<AttemptRemains | undefined> {
  if (tab === 'files') return bundles?.files.of(task);
  return tab === 'output' ? bundles?.files.of(task, undefined, part) : undefined;
}

function isBundle(engine: PageDeps['engine'], name: string): boolean {
  return (engine.types().find((type) => type.name === name)?.bundle ?? null) !== null;
}
