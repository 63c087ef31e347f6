import swaggerUi from '@fastify/swagger-ui';
import type { FastifyPluginAsync } from 'fastify';
import { docsPolicy, setPageHeaders } from '../plugins/headers.ts';

/** The OpenAPI document, and Swagger UI over it from files of this machine. */
export const docsRoutes: FastifyPluginAsync = async (app) => {
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(app.swagger())),
  );
  app.get('/redoc', { schema: { hide: true } }, async (_request, reply) => setPageHeaders(reply).redirect('/docs', 302));
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: docsPolicy, uiConfig: { docExpansion: 'list', url: '/openapi.json' } });
};
