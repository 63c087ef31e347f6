import type { FastifyRequest } from 'fastify';
import { TaskRouterError } from '../../core/domain/errors.ts';
import type { ApiDeps } from '../deps.ts';
import { liftIdleLimit } from '../idle-limit.ts';
import { admittedSink } from '../live/admitted-sink.ts';
import { formatOf } from '../live/format.ts';
import { endId, followReplay } from '../live/replay-stream.ts';
import { type Sink, sinkOf } from '../live/sink.ts';
import { IdParams } from '../schemas/common.ts';
import { type FastifyPluginAsyncTypebox, Type } from '../schemas/type.ts';

const mostStreams = 50;

/** `GET /replays/{id}/events`: how far it is, until it ends. */
export const replayEventRoute =
  (deps: Pick<ApiDeps, 'engine' | 'clock' | 'auth' | 'options'>): FastifyPluginAsyncTypebox =>
  async (app) => {
    const open = new Set<Sink>();
    app.addHook('preClose', (done) => {
      for (const sink of open) sink.end();
      done();
    });

    app.get(
      '/replays/:id/events',
      {
        exposeHeadRoute: false, // a stream without a body would never end
        schema: {
          operationId: 'streamReplay',
          tags: ['replay'],
          summary: 'How far a replay is (server-sent events, or NDJSON)',
          description:
            'Frames `progress` with the replay as lists show it, then one `ended`, and the stream is over. What it is at comes at once, so whoever comes back has missed nothing; with the `Last-Event-ID` of `ended` the answer is 204, and an EventSource comes back no more.',
          params: IdParams,
          response: {
            200: {
              description: 'a stream',
              content: { 'text/event-stream': { schema: Type.String() }, 'application/x-ndjson': { schema: Type.String() } },
            },
            204: { type: 'null', description: 'The client has seen the end.' },
          },
          problems: [404, 406],
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const format = formatOf(request);
        const seen = lastEventId(request);
        if (deps.engine.replayOf(id) === undefined) throw new TaskRouterError('not_found', 'Replay not found');
        if (seen === endId) return reply.code(204).send(null);
        if (open.size >= mostStreams) {
          throw new TaskRouterError(
            'overloaded',
            `${mostStreams} streams of replays are open and that is all there may be. Try again later.`,
            {
              retryAfterS: 10,
            },
          );
        }
        reply.hijack();
        const { raw } = reply;
        liftIdleLimit(raw);
        raw.writeHead(200, { ...reply.getHeaders(), 'content-type': format.contentType, 'x-accel-buffering': 'no' } as Record<
          string,
          string
        >); // all set as text
        const sink = admittedSink(sinkOf(raw), request.key, deps);
        open.add(sink);
        sink.onClose(() => open.delete(sink));
        followReplay(deps, sink, format, id, seen);
        return reply;
      },
    );
  };

/** @throws TaskRouterError `bad_header` */
function lastEventId({ headers }: FastifyRequest): string | undefined {
  const header = headers['last-event-id'];
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && (header === endId || /^\d{1,15}$/.test(header))) return header;
  const message = `must be the id of a frame: a number, or ${endId}`;
  throw new TaskRouterError('bad_header', `Last-Event-ID ${message}.`, { errors: [{ path: '/headers/last-event-id', message }] });
}
