import type { ApiDeps } from '../deps.ts';
import { RefTo } from '../schemas/common.ts';
import { QuotaList, QuotaQuery } from '../schemas/quotas.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { quotasView } from '../views/quotas.ts';

export const quotaRoutes =
  ({ engine, clock }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/quotas',
      {
        schema: {
          operationId: 'listQuotas',
          tags: ['tenants'],
          summary: 'Every limit and what is used of it',
          description: 'Of tenants, types, tenants by type, pools, and types in pools: what is used, what may be, what waits behind it.',
          querystring: QuotaQuery,
          response: { 200: RefTo(QuotaList) },
          problems: [422],
        },
      },
      async (request) => quotasView(engine.quotas(), request.query.limit ?? 1_000, clock.now()),
    );
  };
