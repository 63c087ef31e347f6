import type { FastifyInstance } from 'fastify';
import { quotasScreen } from '../../../frontend/js/views/quotas.js';
import { quotasView } from '../views/quotas.ts';
import { originOf } from './asked.ts';
import type { Renderer } from './render.ts';
import { type PageDeps, screenOf } from './screen.ts';

const shown = 200;

/** `/quotas`: every limit and what is used of it. */
export function quotaPages(app: FastifyInstance, { engine, clock }: PageDeps, { show }: Renderer): void {
  app.get('/quotas', { schema: { hide: true } }, (request, reply) =>
    show(request, reply, () => {
      const { quotas, total } = quotasView(engine.quotas(), shown, clock.now());
      return screenOf('quotas', 'Limits', quotasScreen, { quotas, total, origin: originOf(request) });
    }),
  );
}
