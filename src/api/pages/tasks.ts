import type { FastifyInstance, FastifyRequest } from 'fastify';
import { tasksScreen } from '../../../frontend/js/views/tasks.js';
import { TaskRouterError } from '../../core/domain/errors.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { backTo, formOf, originOf, queryOf, viewerOf } from './asked.ts';
import { type ListFilter, readListFilter } from './list-filter.ts';
import type { Renderer } from './render.ts';
import { mostPools, type PageDeps, type Screen, screenOf } from './screen.ts';
import { readRows } from './task-rows.ts';
import { attempt } from './validate.ts';

/** `/tasks`: every task, by filter and page; cancel and retry, from here and from everywhere else. */
export function taskListPages(app: FastifyInstance, { engine }: PageDeps, { show, leave }: Renderer): void {
  const schema = { hide: true };

  app.get('/tasks', { schema }, (request, reply) => show(request, reply, () => read(request)));

  app.post<{ Params: { id: string } }>('/tasks/:id/cancel', { schema }, async (request, reply) => {
    const { id } = request.params;
    const to = backTo(formOf(request), `/tasks/${id}`);
    const told = await outcome(async () => {
      const how = await engine.cancel(id.toLowerCase(), viewerOf(request));
      return how === 'cancelled' ? 'Cancelled: it will never run.' : 'It is being stopped.';
    });
    return leave(reply, { to, flash: { ...told, to: `/tasks/${encodeURIComponent(id)}`, label: 'Show the task' } });
  });

  app.post<{ Params: { id: string } }>('/tasks/:id/retry', { schema }, async (request, reply) => {
    const { id } = request.params;
    let to = backTo(formOf(request), `/tasks/${id}`);
    const told = await outcome(async () => {
      const { task, created } = await engine.retry(id.toLowerCase(), viewerOf(request));
      to = `/tasks/${task.id}`;
      return created ? `Task #${task.seq} does it again.` : `Task #${task.seq} is due now.`;
    });
    return leave(reply, { to, flash: told });
  });

  async function read(request: FastifyRequest): Promise<Screen> {
    const list = readListFilter(request, engine, queryOf(request));
    const found = await attempt(request, () => rowsOf(request, list));
    const model = {
      filter: list.asked,
      types: engine.types().map((type) => type.name),
      regions: engine.defaults().regions,
      pools: engine
        .pools()
        .slice(0, mostPools)
        .map(({ pool }) => pool.name),
      origin: originOf(request),
    };
    if ('value' in found) return screenOf('tasks', 'Tasks', tasksScreen, { ...model, ...found.value });
    const { problem } = found;
    return screenOf('tasks', 'Tasks', tasksScreen, { ...model, ...noRows, problem }, problem.status);
  }

  /** @throws TaskRouterError what is wrong with the filter or the cursor */
  async function rowsOf(request: FastifyRequest, { asked, filter, refusal }: ListFilter) {
    if (refusal !== undefined) throw refusal;
    const cursor = asked.cursor === '' ? undefined : decodeCursor(asked.cursor, filter);
    const place = cursor === undefined ? {} : cursor.direction === 'older' ? { before: cursor.key } : { after: cursor.key };
    const { page, tasks } = await readRows(engine, { filter, limit: asked.limit, ...place }, viewerOf(request));
    const [newest, oldest] = [tasks[0]?.seq, tasks.at(-1)?.seq];
    return {
      tasks,
      total: page.total,
      totalIsCapped: page.totalIsCapped,
      nextCursor: page.hasOlder && oldest !== undefined ? encodeCursor({ direction: 'older', key: oldest }, filter) : null,
      prevCursor: page.hasNewer && newest !== undefined ? encodeCursor({ direction: 'newer', key: newest }, filter) : null,
    };
  }
}

/** A list that could not be read. */
const noRows = { tasks: [], total: 0, totalIsCapped: false, nextCursor: null, prevCursor: null };

/** What to say of an action on a task: it happened, or why it cannot. @throws what nobody expected */
async function outcome(act: () => Promise<string>): Promise<{ tone: 'ok' | 'bad'; text: string }> {
  try {
    return { tone: 'ok', text: await act() };
  } catch (error) {
    if (!(error instanceof TaskRouterError)) throw error;
    return { tone: 'bad', text: error.message };
  }
}
