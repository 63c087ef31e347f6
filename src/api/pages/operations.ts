import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type TaskFilter as AskedFilter, filterQuery, parseFilter } from '../../../frontend/js/model/filters.js';
import { bulkScreen, operationScreen } from '../../../frontend/js/views/operation.js';
import { bulkStatuses } from '../../core/domain/operation.ts';
import type { ProblemBody } from '../errors.ts';
import { idempotencyOf } from '../idempotency.ts';
import { BulkInput, type BulkInputBody } from '../schemas/operation.ts';
import { parseTaskFilter } from '../task-filter.ts';
import { operationView } from '../views/operation.ts';
import { type FormValues, formOf, originOf, viewerOf } from './asked.ts';
import { readListFilter } from './list-filter.ts';
import type { Renderer } from './render.ts';
import { type Done, notFound, type PageDeps, type Screen, screenOf } from './screen.ts';
import { attempt, checkBody } from './validate.ts';

/** One action on all tasks of a filter: asked for in the list, confirmed on a page of its own, followed on another. */
export function operationPages(app: FastifyInstance, { engine, random }: PageDeps, { show, leave }: Renderer): void {
  const schema = { hide: true };

  app.post('/tasks/bulk', { schema }, async (request, reply) => {
    const values = formOf(request);
    const asked = await attempt(request, async () => {
      const body = bodyOf(request, values);
      return values['confirmed'] === '1' ? { done: await begin(request, body, values) } : { screen: await ask(request, body, values) };
    });
    if ('problem' in asked) {
      if (!request.headers.accept?.includes('text/html')) throw asked.cause;
      return show(request, reply, () => refusal(request, values, asked.problem));
    }
    const { done, screen } = asked.value;
    return done === undefined ? show(request, reply, () => screen) : leave(reply, done);
  });

  app.get<{ Params: { id: string } }>('/operations/:id', { schema }, (request, reply) =>
    show(request, reply, async () => {
      const operation = await engine.bulk.get(request.params.id, viewerOf(request));
      if (operation === undefined) throw notFound('Operation');
      return screenOf('operation', 'Operation', operationScreen, { operation: operationView(operation), origin: originOf(request) });
    }),
  );

  app.post<{ Params: { id: string } }>('/operations/:id/stop', { schema }, async (request, reply) => {
    const operation = await engine.bulk.stop(request.params.id, viewerOf(request));
    if (operation === undefined) throw notFound('Operation');
    return leave(reply, { to: `/operations/${operation.id}`, flash: { tone: 'ok', text: `It is ${operation.status}.` } });
  });

  async function begin(request: FastifyRequest, body: BulkInputBody, values: FormValues): Promise<Done> {
    const key = values['request_key'] ?? '';
    const again = key === '' ? undefined : idempotencyOf(`page:${key}`, body);
    const { operation } = await engine.bulk.start(requestOf(body), viewerOf(request), again);
    if (operation === undefined)
      return { to: `/tasks${filterOf(values)}`, flash: { tone: 'ok', text: 'No task matches any more: nothing was done.' } };
    return { to: `/operations/${operation.id}`, flash: { tone: 'ok', text: 'It has begun.' } };
  }

  function refusal(request: FastifyRequest, values: FormValues, { status, detail }: ProblemBody): Screen {
    const model = {
      ...{ action: values['action'] ?? '', filter: filterOf(values), statuses: [], matched: 0, isCapped: false },
      ...{ requestKey: '', body: {}, origin: originOf(request), refusal: detail },
    };
    return screenOf('bulk', 'All that match', bulkScreen, model, status);
  }

  async function ask(request: FastifyRequest, body: BulkInputBody, values: FormValues): Promise<Screen> {
    const { matched, matchedIsCapped: isCapped } = await engine.bulk.count(requestOf(body), viewerOf(request));
    const { action } = body;
    return screenOf('bulk', 'All that match', bulkScreen, {
      ...{ action, filter: filterOf(values), statuses: [body.filter.status ?? []].flat(), matched, isCapped, body },
      requestKey: `${Math.floor(random.next() * 2 ** 48).toString(36)}${Math.floor(random.next() * 2 ** 48).toString(36)}`,
      origin: originOf(request),
    });
  }

  function requestOf({ action, filter }: BulkInputBody) {
    return { action, filter: parseTaskFilter(filter, engine, '/body/filter') };
  }

  /**
   * A list without a filter means all that the action can be done to by itself; statuses it cannot be done to are left out.
   * @throws TaskRouterError for a filter that cannot be read whole: the rest of it would match more
   */
  function bodyOf(request: FastifyRequest, values: FormValues): BulkInputBody {
    const { asked, refusal } = readListFilter(request, engine, new URLSearchParams(values['filter'] ?? ''), { isStrict: true });
    if (refusal !== undefined) throw refusal;
    const { action } = values;
    if (action !== 'cancel' && action !== 'retry')
      return checkBody(request, BulkInput, { action, filter: { status: [...bulkStatuses.cancel.usual] } });
    const { possible, usual } = bulkStatuses[action];
    const { status } = asked;
    const wanted = status.filter((one) => possible.some((each) => each === one));
    if (status.length > 0 && wanted.length === 0) return checkBody(request, BulkInput, { action, filter: { status } });
    return checkBody(request, BulkInput, { action, filter: { status: wanted.length > 0 ? wanted : [...usual], ...givenOf(asked) } });
  }
}

const asLists = ['type', 'region', 'pool'] as const;
const asTexts = ['tenant', 'created_after', 'created_before'] as const;
const asNumbers = ['seq', 'priority_gte', 'priority_lte', 'parts_gte', 'parts_lte'] as const;

/** The conditions of a list's address as the API takes them in a body. */
function givenOf(asked: AskedFilter) {
  const given = <T>(names: readonly (keyof AskedFilter)[], read: (text: string) => T) =>
    Object.fromEntries(names.flatMap((name) => (asked[name] === '' ? [] : [[name, read(String(asked[name]))]])));
  return { ...given(asLists, (text) => text.split(',')), ...given(asTexts, (text) => text), ...given(asNumbers, Number) };
}

function filterOf(values: FormValues): string {
  return filterQuery({ ...parseFilter(values['filter'] ?? ''), cursor: '' });
}
