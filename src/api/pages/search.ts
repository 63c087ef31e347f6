import type { FastifyInstance } from 'fastify';
import type { Caller, Engine } from '../../core/engine/engine.ts';
import { queryOf, viewerOf } from './asked.ts';
import type { Renderer } from './render.ts';
import type { PageDeps } from './screen.ts';

/** `/search?q=`: from what someone has in hand to its page. */
export function searchPage(app: FastifyInstance, { engine }: PageDeps, { leave }: Renderer): void {
  app.get('/search', { schema: { hide: true } }, async (request, reply) => {
    const text = (queryOf(request).get('q') ?? '').trim();
    const to = await find(engine, text, viewerOf(request));
    if (to !== undefined) return leave(reply, { to });
    return leave(reply, {
      to: '/tasks',
      flash: { tone: 'bad', text: `Nothing is called ${text.slice(0, 100)}: no task id or number, no pool, no type.` },
    });
  });
}

async function find(engine: Engine, text: string, viewer: Caller): Promise<string | undefined> {
  if (text === '') return '/tasks';
  const seq = /^#?(\d{1,15})$/.exec(text)?.[1];
  const id = seq === undefined ? text.toLowerCase() : await engine.taskIdOf(Number(seq));
  if (id !== undefined && (await engine.task(id, viewer)) !== undefined) return `/tasks/${id}`;
  if (engine.pools().some(({ pool }) => pool.name === text)) return `/pools/${encodeURIComponent(text)}`;
  if (engine.types().some((type) => type.name === text)) return `/tasks?type=${encodeURIComponent(text)}`;
  return undefined;
}
