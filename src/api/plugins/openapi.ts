import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { ownKeyword } from '../schemas/common.ts';
import { withProblems } from '../schemas/responses.ts';

const tags = [
  { name: 'tasks', description: 'Submit, follow, cancel, repeat' },
  { name: 'pools', description: 'Where work can run' },
  { name: 'nodes', description: 'Machines that run work, and how they get it' },
  { name: 'types', description: 'What can be done' },
  { name: 'policy', description: 'The strategy that decides' },
  { name: 'replay', description: 'What other strategies would have made of the own history' },
  { name: 'traffic', description: 'Make tasks to see it work' },
  { name: 'keys', description: 'Who may do what' },
  { name: 'audit', description: 'What happened' },
  { name: 'live', description: 'What happens' },
  { name: 'system', description: 'How the server is' },
];

/** OpenAPI 3.1 from the schemas of the routes. Registered before them: it listens for each. */
export async function useOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'TaskRouterX',
        version,
        description: 'A task router. Errors are RFC 9457 problems with a stable `code`. Priority is 1-10 and larger runs earlier.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'A key of the API, once there are keys.' } } },
      security: [{ key: [] }, {}],
      tags,
    },
    transform: ({ schema, url }) => {
      if (schema?.problems === undefined) return { schema, url };
      const { problems, response, ...rest } = schema;
      return { schema: { ...rest, response: withProblems(response as Record<string, unknown>, problems) }, url };
    },
    transformObject: (document) => withoutOwn('openapiObject' in document ? document.openapiObject : document.swaggerObject),
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => (json['$id'] as string | undefined) ?? `def-${i}` },
  });
}

/** Our own keywords mean nothing to others. */
function withoutOwn<T>(document: T): T {
  if (typeof document !== 'object' || document === null) return document;
  if (Array.isArray(document)) return document.map(withoutOwn) as T;
  const kept = Object.entries(document).filter(([key]) => key !== ownKeyword);
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutOwn(value)])) as T;
}
