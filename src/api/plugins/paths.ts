import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TaskRouterError } from '../../core/domain/errors.ts';

/** The routes there are, to tell a wrong method from a wrong path: Fastify answers 404 to both. */
export interface Paths {
  /** For a request no route took. @throws TaskRouterError `method_not_allowed`, `route_not_found` */
  refuse(request: FastifyRequest, reply: FastifyReply): void;
}

export function collectPaths(app: FastifyInstance): Paths {
  const methodsByPath = new Map<string, Set<string>>();
  let patterns: readonly { readonly pattern: RegExp; readonly methods: ReadonlySet<string> }[] | undefined;

  app.addHook('onRoute', ({ method, url }) => {
    const methods = methodsByPath.get(url) ?? new Set(['OPTIONS']);
    for (const one of [method].flat()) methods.add(one.toUpperCase());
    methodsByPath.set(url, methods);
    patterns = undefined;
  });

  function methodsFor(path: string): ReadonlySet<string> | undefined {
    patterns ??= [...methodsByPath].map(([url, methods]) => ({ pattern: patternOf(url), methods }));
    const found = patterns.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => [...methods]);
    return found.length === 0 ? undefined : new Set(found);
  }

  function refuse(request: FastifyRequest, reply: FastifyReply): void {
    const path = request.url.split('?', 1)[0] ?? '/';
    const methods = methodsFor(path);
    if (methods !== undefined && request.method === 'OPTIONS') {
      reply
        .header('allow', [...methods].sort().join(', '))
        .code(204)
        .send();
      return;
    }
    // A route that took it and found nothing, such as a file that is not there, is not a wrong method.
    if (methods === undefined || methods.has(request.method))
      throw new TaskRouterError('route_not_found', `Not Found: there is no ${path.slice(0, 200)}. See /docs for what there is.`);
    const allowed = [...methods].sort().join(', ');
    reply.header('allow', allowed);
    throw new TaskRouterError('method_not_allowed', `Method Not Allowed: ${path.slice(0, 200)} takes ${allowed}.`);
  }

  return { refuse };
}

/** `/tasks/:id` takes one path segment for `:id`, `*` takes all that follow. */
function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => (part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/');
  return new RegExp(`^${source}$`);
}
