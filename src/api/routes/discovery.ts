import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, errorCodes, TaskRouterError } from '../../core/domain/errors.ts';
import { type ApiDeps, base } from '../deps.ts';
import { setPageHeaders } from '../plugins/headers.ts';
import { problemTexts, slugOf } from '../problem-texts.ts';
import { RefTo, Strict } from '../schemas/common.ts';
import { Index } from '../schemas/system.ts';
import { type FastifyPluginAsyncTypebox, type Static, Type } from '../schemas/type.ts';

export type HomePage = (request: FastifyRequest, reply: FastifyReply) => unknown;

declare module 'fastify' {
  interface FastifyInstance {
    /** For the dashboard: what answers `GET /` when a browser asks. */
    setHomePage(page: HomePage): void;
  }
}

const tags = ['system'];
const SlugParams = Strict({ slug: Type.String() });

/** Where to go from here: the index, the catalogue of what the API has, and a page for each kind of problem. */
export const discoveryRoutes = ({ options }: ApiDeps): FastifyPluginAsyncTypebox => {
  const routes: FastifyPluginAsyncTypebox = async (app) => {
    let homePage: HomePage | undefined;
    app.decorate('setHomePage', (page: HomePage) => {
      homePage = page;
    });

    app.get(
      '/',
      {
        schema: {
          operationId: 'getIndex',
          tags,
          summary: 'What this is',
          description: 'A browser, which asks for text/html, gets the dashboard.',
          response: {
            200: {
              description: 'index',
              content: { 'application/json': { schema: RefTo(Index) }, 'text/html': { schema: Type.String() } },
            },
          },
          problems: [],
        },
      },
      async (request, reply) => {
        reply.header('vary', 'accept');
        if (homePage === undefined || !wantsPage(request)) return index(options.version);
        await homePage(request, reply);
        return reply;
      },
    );

    app.get('/.well-known/api-catalog', { schema: { hide: true } }, async (_request, reply) =>
      reply.header('content-type', 'application/linkset+json').send(JSON.stringify(catalogue)),
    );

    app.get('/problems', { schema: { hide: true } }, async (_request, reply) => setPageHeaders(reply).send(problemList()));
    app.get('/problems/:slug', { schema: { hide: true, params: SlugParams } }, async (request, reply) => {
      const code = errorCodes.find((one) => slugOf(one) === request.params.slug);
      if (code === undefined) throw new TaskRouterError('not_found', 'There is no such kind of problem. See /problems.');
      return setPageHeaders(reply).send(problemPage(code));
    });
  };
  // In the scope of its parent: the dashboard, beside it, calls `setHomePage`.
  return Object.assign(routes, { [Symbol.for('skip-override')]: true });
};

/** Browsers name text/html, a page that is open asks for a newer one as data; programs send nothing, or accept anything. */
function wantsPage({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.includes('text/html') || accept.includes('application/vnd.taskrouterx.page+json');
}

function index(version: string): Static<typeof Index> {
  return {
    name: 'TaskRouterX',
    version,
    description: 'A task router: accepts tasks, decides where and in what order they run, and can prove that the decision was good.',
    endpoints: {
      tasks: `${base}/tasks`,
      workers: `${base}/workers`,
      logs: `${base}/logs`,
      stats: `${base}/system/stats`,
      health: `${base}/health`,
      simulate: `${base}/simulate`,
    },
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc9727 */
const catalogue = {
  linkset: [
    {
      anchor: base,
      'service-desc': [{ href: '/openapi.json', type: 'application/vnd.oai.openapi+json;version=3.1' }],
      'service-doc': [{ href: '/docs', type: 'text/html' }],
      status: [{ href: '/health', type: 'application/json' }],
      'service-meta': [{ href: '/metrics', type: 'text/plain' }],
    },
  ],
};

function problemList(): string {
  const rows = errorCodes.map((code) => `<li><a href="/problems/${slugOf(code)}">${code}</a>: ${problemTexts[code].title}</li>`);
  return page('Problems', `<p>Every refusal of this server is one of these.</p><ul>${rows.join('')}</ul>`);
}

function problemPage(code: ErrorCode): string {
  const { status, title, cause, remedy } = problemTexts[code];
  return page(
    `${title} (${code})`,
    `<p>HTTP status ${status}.</p><h2>Cause</h2><p>${cause}</p><h2>What to do</h2><p>${remedy}</p><p><a href="/problems">All problems</a></p>`,
  );
}

/** Plain HTML of fixed texts: nothing a client sent gets in here. */
function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} - TaskRouterX</title></head><body><main><h1>${title}</h1>${content}</main></body></html>`;
}
