import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Outcome } from '../../core/domain/attempt.ts';
import { TaskRouterError } from '../../core/domain/errors.ts';
import type { Report, ReportAnswer } from '../../core/executors/node/reports.ts';
import { type ApiDeps, base } from '../deps.ts';
import { toProblem } from '../errors.ts';
import { liftIdleLimit } from '../idle-limit.ts';
import { parseItems } from '../json-limits.ts';
import { checkNodeKey } from '../node-key.ts';
import { sessionOf } from '../node-session.ts';
import { parseNode, parseNotes, parseOutcome } from '../parse-node.ts';
import { refuseEncoded } from '../plugins/body-parsers.ts';
import { RefTo } from '../schemas/common.ts';
import {
  Heartbeat,
  HeartbeatAnswer,
  LeaseAnswer,
  LeaseQuery,
  NodeInput,
  NodeLeaseParams,
  NodeParams,
  NotesAnswer,
  NotesInput,
  Poll,
  ReadyAnswer,
  ReadyQuery,
  Registration,
  ResultAnswer,
  type ResultAnswerBody,
  ResultInput,
  type ResultInputBody,
  ResultsAnswer,
  ResultsInput,
  SessionHeader,
} from '../schemas/node.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { leasedTaskView } from '../views/node.ts';

const tags = ['nodes'];
/** A full node may report results of a MiB each, but not all at once. */
const bodyLimit = 16 * 1_048_576;
const defaultWaitS = 30;
const notNow = [404, 409];

/**
 * What nodes call: docs/worker-protocol.md. A scope of its own: bodies are larger, and depth and keys are counted for each result.
 */
export const nodeProtocolRoutes =
  ({ engine }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { nodes } = engine;
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit }, (request, text, done) => {
      try {
        refuseEncoded(request);
        // A poll has no body, and simple clients set the content type all the same.
        done(null, text.length === 0 ? undefined : parseItems(text as string));
      } catch (error) {
        done(error as Error);
      }
    });

    app.post(
      '/nodes',
      {
        schema: {
          operationId: 'registerNode',
          tags,
          summary: 'Register a node',
          description:
            'Under a name that is known it takes over: of what that node held it keeps the leases it lists, and the rest is lost at once.',
          body: RefTo(NodeInput),
          response: { 201: RefTo(Registration) },
          problems: [413, 415, 422, 429],
        },
      },
      async (request, reply) => {
        const { body } = request;
        checkNodeKey(request, body.pool, nodes.get(body.id)?.pool);
        const spec = parseNode(body, engine);
        const { session, leaseMs, heartbeatMs, stops } = nodes.register(spec, body.leases ?? []);
        reply.code(201).header('location', `${base}/nodes/${spec.id}`);
        return { id: spec.id, session, lease_ms: leaseMs, heartbeat_ms: heartbeatMs, stop: [...stops] };
      },
    );

    app.post(
      '/nodes/:id/heartbeats',
      {
        schema: {
          operationId: 'sendHeartbeat',
          tags,
          summary: 'Renew all leases of a node',
          description: 'A lease that two heartbeats in a row do not list is lost.',
          params: NodeParams,
          headers: SessionHeader,
          body: RefTo(Heartbeat),
          response: { 200: RefTo(HeartbeatAnswer) },
          problems: [...notNow, 413, 415, 422],
        },
      },
      async (request) => {
        const { state, leaseMs, stops } = nodes.heartbeat(request.params.id, sessionOf(request), request.body.leases);
        return { state, lease_ms: leaseMs, stop: [...stops] };
      },
    );

    app.post(
      '/nodes/:id/leases',
      {
        schema: {
          operationId: 'takeLeases',
          tags,
          summary: 'Wait for work',
          description:
            'Answers as soon as there is work within the free slots of the node, or work to stop, and else with two empty lists when the time is up. One such request waits per node: a newer one ends it. With `leases` it renews all of them as a heartbeat does, and while it waits, up to two thirds of a lease, no heartbeat is missed.',
          params: NodeParams,
          headers: SessionHeader,
          querystring: LeaseQuery,
          body: Poll,
          response: { 200: RefTo(LeaseAnswer) },
          problems: [...notNow, 413, 415, 422],
        },
      },
      async (request, reply) => {
        const { max = Number.POSITIVE_INFINITY, wait = defaultWaitS } = request.query;
        const handed = await whileConnected(reply, (signal) =>
          nodes.poll(request.params.id, sessionOf(request), { most: max, waitMs: wait * 1_000, signal, held: request.body?.leases }),
        );
        if (reply.raw.destroyed) handed.giveBack();
        const types = new Map(handed.leases.length === 0 ? [] : engine.types().map(({ name, bundle }) => [name, bundle]));
        const leases = handed.leases.map((lease) => leasedTaskView(lease, types.get(lease.attempt.task.type) ?? null));
        return { leases, stop: [...handed.stops] };
      },
    );

    app.post(
      '/nodes/:id/leases/:lease/ready',
      {
        schema: {
          operationId: 'waitForParts',
          tags,
          summary: 'A part could begin: wait for the others',
          description:
            'Of a bundle in several parts, when its files are laid down. Answers when those of all parts are, or with `begin` false when the time is up: ask again then. Any other lease may begin at once.',
          params: NodeLeaseParams,
          headers: SessionHeader,
          querystring: ReadyQuery,
          response: { 200: ReadyAnswer },
          problems: [403, ...notNow, 422],
        },
      },
      async (request, reply) => {
        const { id, lease } = request.params;
        const { wait = defaultWaitS } = request.query;
        const begin = await whileConnected(reply, (signal) => nodes.ready(id, sessionOf(request), lease, { waitMs: wait * 1_000, signal }));
        return { begin };
      },
    );

    app.post(
      '/nodes/:id/leases/:lease/result',
      {
        schema: {
          operationId: 'reportResult',
          tags,
          summary: 'Report how one attempt ended',
          description:
            'Answered after its COMMIT. The same report again gets the same answer. 202: it is of a part, and others of its task still run: keep it, list its lease, and report it again later.',
          params: NodeLeaseParams,
          headers: SessionHeader,
          body: ResultInput,
          response: { 200: RefTo(ResultAnswer), 202: RefTo(ResultAnswer) },
          problems: [...notNow, 413, 415, 422],
        },
      },
      async (request, reply) => {
        const { id, lease } = request.params;
        const [answer] = await nodes.report(id, sessionOf(request), [{ lease, outcome: parseOutcome(request.body) }]);
        if (answer?.kind === 'kept') return reply.code(202).send(keptView(answer));
        if (answer?.kind !== 'settled') throw refusalOf(answer);
        return { lease, status: 200, outcome: answer.outcome };
      },
    );

    app.post(
      '/nodes/:id/results',
      {
        bodyLimit,
        schema: {
          operationId: 'reportResults',
          tags,
          summary: 'Report how many attempts ended',
          description: 'Each with an answer of its own: one that is refused does not fail the others.',
          params: NodeParams,
          headers: SessionHeader,
          body: ResultsInput,
          response: { 200: ResultsAnswer },
          problems: [...notNow, 413, 415, 422],
        },
      },
      async (request) => {
        const parsed = request.body.results.map(parseReport);
        const good = parsed.flatMap((one) => ('error' in one ? [] : [one]));
        const answers = (await nodes.report(request.params.id, sessionOf(request), good)).values();
        const results = parsed.map(
          (one) =>
            'error' in one ? refusedView(one.lease, one.error, request) : answerView(answers.next().value as ReportAnswer, request), // one answer for each good one
        );
        return { results };
      },
    );

    app.post(
      '/nodes/:id/notes',
      {
        schema: {
          operationId: 'sendNotes',
          tags,
          summary: 'Progress and log lines of running attempts',
          description: 'Lines go to the log of the server, as those of its own handlers; how far an attempt is stands with its task.',
          params: NodeParams,
          headers: SessionHeader,
          body: NotesInput,
          response: { 200: NotesAnswer },
          problems: [...notNow, 413, 415, 422],
        },
      },
      async (request) => {
        const lost = nodes.note(request.params.id, sessionOf(request), parseNotes(request.body.notes));
        return { stop: [...new Set(lost)].map((lease) => ({ lease, reason: 'lease_lost' })) };
      },
    );
  };

/** A poll is idle for as long as nothing happens, and worth nothing once its connection is gone. */
async function whileConnected<T>(reply: FastifyReply, wait: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const left = new AbortController();
  const leave = () => left.abort();
  const restoreLimit = liftIdleLimit(reply.raw);
  reply.raw.once('close', leave);
  try {
    return await wait(left.signal);
  } finally {
    reply.raw.off('close', leave);
    restoreLimit();
  }
}

type ParsedReport = Report | { readonly lease: string; readonly error: TaskRouterError };

/** A result that is not right refuses itself and not its neighbours. */
function parseReport({ lease, ...body }: ResultInputBody & { lease: string }): ParsedReport {
  try {
    return { lease, outcome: parseOutcome(body) satisfies Outcome };
  } catch (error) {
    if (error instanceof TaskRouterError) return { lease, error };
    throw error;
  }
}

function answerView(answer: ReportAnswer, request: FastifyRequest): ResultAnswerBody {
  if (answer.kind === 'settled') return { lease: answer.lease, status: 200, outcome: answer.outcome };
  if (answer.kind === 'kept') return keptView(answer);
  return refusedView(answer.lease, refusalOf(answer), request);
}

function keptView({ lease }: ReportAnswer): ResultAnswerBody {
  return { lease, status: 202 };
}

function refusedView(lease: string, error: TaskRouterError, request: FastifyRequest): ResultAnswerBody {
  const problem = toProblem(error, request.url, request.id);
  return { lease, status: problem.status, error: problem };
}

function refusalOf(answer: ReportAnswer | undefined): TaskRouterError {
  if (answer?.kind !== 'refused') throw new Error('a report was not answered');
  return new TaskRouterError(answer.code, answer.message);
}
