import type { FastifyRequest } from 'fastify';
import { TaskRouterError } from '../../core/domain/errors.ts';
import { callerOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { liftIdleLimit } from '../idle-limit.ts';
import { admittedSink } from '../live/admitted-sink.ts';
import { frameFilter } from '../live/filter.ts';
import { formatOf } from '../live/format.ts';
import type { Format } from '../live/frames.ts';
import type { Hub } from '../live/hub.ts';
import { followOutput, type Printing } from '../live/output.ts';
import { sinkOf } from '../live/sink.ts';
import { type StateTopic, stateTopics } from '../live/state-board.ts';
import { noSuchPart } from '../no-such-part.ts';
import { refused } from '../refused.ts';
import { PartQuery } from '../schemas/bundle.ts';
import { Strict } from '../schemas/common.ts';
import { type FastifyPluginAsyncTypebox, type Static, Type } from '../schemas/type.ts';
import { taskId } from '../task-id.ts';

const EventsQuery = Strict({
  since: Type.Optional(
    Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'The last seq the client has; Last-Event-ID wins.' }),
  ),
  types: Type.Optional(
    Type.String({
      maxLength: 1_000,
      pattern: '^[a-z_]+\\.(?:\\*|[a-z_]+)(?:,[a-z_]+\\.(?:\\*|[a-z_]+))*$',
      description: 'Such as task.*,pool.changed.',
    }),
  ),
  task: Type.Optional(Type.String({ maxLength: 64, description: 'Only of this task.' })),
  snapshot: Type.Optional(Type.String({ pattern: '^[01]$', description: '1: a consistent reading first, then what changes.' })),
  state: Type.Optional(
    Type.String({ maxLength: 100, description: 'stats, pools, or both by comma: frames without an id, only the newest counts.' }),
  ),
  output: Type.Optional(
    Type.String({
      pattern: '^[01]$',
      description: '1, with task: what a bundle prints, as frames named output {attempt, part, stream, offset, text}, from the beginning.',
    }),
  ),
  part: PartQuery,
  batch: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000, description: 'Entries of so many ms in one frame.' })),
});

/** `GET /events`: the log as it grows. */
export const eventRoutes =
  (deps: ApiDeps, hub: Hub): FastifyPluginAsyncTypebox =>
  async (app) => {
    const outputFailed = (error: unknown) => deps.logger.error({ err: error }, 'output could not be followed');
    app.addHook('preClose', (done) => {
      hub.close();
      done();
    });

    app.get(
      '/events',
      {
        exposeHeadRoute: false, // a stream without a body would never end
        schema: {
          operationId: 'streamEvents',
          tags: ['live'],
          summary: 'The log as it grows (server-sent events, or NDJSON)',
          description:
            'The id of an event is its seq in the log. A client that comes back with `Last-Event-ID` or `since` misses nothing and gets nothing twice, over restarts too; when its place is gone it gets `reset` and reads anew.',
          querystring: EventsQuery,
          response: {
            200: {
              description: 'a stream',
              content: { 'text/event-stream': { schema: Type.String() }, 'application/x-ndjson': { schema: Type.String() } },
            },
          },
          problems: [404, 406, 422],
        },
      },
      async (request, reply) => {
        const format = formatOf(request);
        const options = optionsOf(request.query, lastEventId(request), format);
        const printing = outputOf(request.query);
        hub.checkRoom();
        await checkTenant(deps.engine, request);
        if (printing !== undefined) await checkPart(deps.engine, request, printing);
        reply.hijack();
        const { raw } = reply;
        liftIdleLimit(raw); // silence is normal here; the heartbeat finds who is gone
        raw.writeHead(200, { ...reply.getHeaders(), 'content-type': format.contentType, 'x-accel-buffering': 'no' } as Record<
          string,
          string
        >); // all set as text
        const sink = admittedSink(sinkOf(raw), request.key, deps);
        hub.open(sink, options);
        if (printing !== undefined && deps.bundles !== undefined)
          followOutput({ engine: deps.engine, bundles: deps.bundles, failed: outputFailed }, sink, format, printing);
      },
    );
  };

/** Entries do not say whose they are: a key of one tenant follows one task at a time. @throws TaskRouterError `forbidden`, `not_found` */
async function checkTenant(engine: ApiDeps['engine'], request: FastifyRequest<{ Querystring: Static<typeof EventsQuery> }>): Promise<void> {
  const caller = callerOf(request);
  if (caller.tenant === undefined) return;
  const { task, state, snapshot } = request.query;
  if (task === undefined || state !== undefined || snapshot === '1') {
    throw new TaskRouterError(
      'forbidden',
      `Your key is for ${caller.tenant} alone: follow one task with task=, without state and snapshot.`,
    );
  }
  if ((await engine.task(taskId(task), caller)) === undefined) throw new TaskRouterError('not_found', 'Task not found');
}

/** A part that a task does not have would print nothing for ever. @throws TaskRouterError `not_found` */
async function checkPart(engine: ApiDeps['engine'], request: FastifyRequest, { task: id, part }: Printing): Promise<void> {
  const task = await engine.task(id, callerOf(request));
  if (task !== undefined && part >= task.parts) throw noSuchPart(task, part);
}

function optionsOf(query: Static<typeof EventsQuery>, lastId: number | undefined, format: Format) {
  return {
    format,
    filter: frameFilter(query.types, query.task?.toLowerCase()),
    since: lastId ?? query.since,
    snapshot: query.snapshot === '1',
    topics: new Set(topicsOf(query.state)),
    batchMs: query.batch ?? 0,
  };
}

/** Whose output is wanted. */
function outputOf({ output, task, part }: Static<typeof EventsQuery>): Printing | undefined {
  if (part !== undefined && output !== '1') throw refused({ path: '/query/part', message: 'goes with output=1' });
  if (output !== '1') return undefined;
  if (task === undefined) throw refused({ path: '/query/task', message: 'is required with output=1' });
  return { task: taskId(task), part: part ?? 0 };
}

function topicsOf(state = ''): readonly StateTopic[] {
  const words = state.split(',').filter((word) => word !== '');
  const isTopic = (word: string): word is StateTopic => (stateTopics as readonly string[]).includes(word);
  if (!words.every(isTopic)) throw refused({ path: '/query/state', message: `must be of ${stateTopics.join(', ')}` });
  return words;
}

/** What a browser says on its own when it reconnects. @throws TaskRouterError `bad_header` */
function lastEventId({ headers }: FastifyRequest): number | undefined {
  const header = headers['last-event-id'];
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  const message = 'must be the id of an event: a number';
  throw new TaskRouterError('bad_header', `Last-Event-ID ${message}.`, { errors: [{ path: '/headers/last-event-id', message }] });
}
