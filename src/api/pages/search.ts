import type { FastifyInstance } from 'fastify';
import { searchScreen } from '../../../frontend/js/views/search.js';
import { nearest } from '../../core/domain/near.ts';
import type { Caller, Engine } from '../../core/engine/engine.ts';
import { queryOf, viewerOf } from './asked.ts';
import type { Renderer } from './render.ts';
import { type PageDeps, screenOf } from './screen.ts';

/** Told of a text; the rest would be cut from the page. */
const longest = 100;
const mostNear = 8;

/** `/search?q=`: from what someone has in hand to its page. */
export function searchPage(app: FastifyInstance, { engine }: PageDeps, { show, leave }: Renderer): void {
  app.get('/search', { schema: { hide: true } }, async (request, reply) => {
    const text = (queryOf(request).get('q') ?? '').trim();
    const to = await find(engine, text, viewerOf(request));
    if (to !== undefined) return leave(reply, { to });
    const model = { text: text.slice(0, longest), near: nearTo(engine, text) };
    return show(request, reply, () => screenOf('search', 'Nothing found', searchScreen, model));
  });
}

async function find(engine: Engine, text: string, viewer: Caller): Promise<string | undefined> {
  if (text === '') return '/tasks';
  const seq = /^#?(\d{1,15})$/.exec(text)?.[1];
  const id = seq === undefined ? text.toLowerCase() : await engine.taskIdOf(Number(seq));
  if (id !== undefined && (await engine.task(id, viewer)) !== undefined) return `/tasks/${id}`;
  if (engine.pools().some(({ pool }) => pool.name === text)) return poolPath(text);
  if (engine.types().some((type) => type.name === text)) return typePath(text);
  return undefined;
}

/** Types, regions and pools whose name holds the text, or is a letter or two away from it. */
function nearTo(engine: Engine, text: string) {
  const near = (names: readonly string[]) => {
    const holding = names.filter((name) => name.toLowerCase().includes(text.toLowerCase()));
    return [...new Set([...holding, ...nearest(text, names)])];
  };
  return [
    ...near(engine.types().map(({ name }) => name)).map((name) => ({ to: typePath(name), label: `tasks of type ${name}` })),
    ...near(engine.defaults().regions).map((name) => ({
      to: `/tasks?region=${encodeURIComponent(name)}`,
      label: `tasks of region ${name}`,
    })),
    ...near(engine.pools().map(({ pool }) => pool.name)).map((name) => ({ to: poolPath(name), label: `pool ${name}` })),
  ].slice(0, mostNear);
}

const poolPath = (name: string) => `/pools/${encodeURIComponent(name)}`;
const typePath = (name: string) => `/tasks?type=${encodeURIComponent(name)}`;
