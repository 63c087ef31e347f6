import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { base } from '../deps.ts';
import type { ProblemBody, Refusals } from '../errors.ts';

/** What people see at an address that leads nowhere. */
type LostPage = (request: FastifyRequest, reply: FastifyReply, problem: ProblemBody) => Promise<FastifyReply>;

declare module 'fastify' {
  interface FastifyInstance {
    /** For the dashboard: addresses that no route takes belong to no plugin. */
    setLostPage(page: LostPage): void;
  }
}

/** The error handler of all that has none of its own: a problem document, and a page for a person who has lost the way. */
export function useLostPage(app: FastifyInstance, refusals: Refusals): void {
  let lostPage: LostPage | undefined;
  app.decorate('setLostPage', (page: LostPage) => {
    lostPage = page;
  });

  app.setErrorHandler((error, request, reply) => {
    if (lostPage !== undefined && isLostPerson(request)) return show(lostPage, error, request, reply);
    return refusals.handle(error, request, reply);
  });

  async function show(page: LostPage, error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      return await page(request, reply, refusals.problemOf(error, request));
    } catch {
      refusals.handle(error, request, reply); // there is no page yet: the server starts
      return reply;
    }
  }
}

/** Somebody with a browser, and not a program that would take a page for an answer. */
function isLostPerson({ is404, url, headers: { accept = '' } }: FastifyRequest): boolean {
  return is404 && accept.includes('text/html') && !url.startsWith(`${base}/`);
}
