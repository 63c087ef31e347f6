import { TaskRouterError } from '../../core/domain/errors.ts';
import type { LiveNode } from '../../core/executors/node/nodes.ts';
import { type ApiDeps, base } from '../deps.ts';
import { checkNodeKey } from '../node-key.ts';
import { optionalSession } from '../node-session.ts';
import { NoBody } from '../schemas/batch.ts';
import { RefTo } from '../schemas/common.ts';
import { Node, NodeDetail, NodeList, NodeParams, NodePatch, NodeQuery } from '../schemas/node.ts';
import { Empty } from '../schemas/responses.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { nodeDetailView, nodeView } from '../views/node.ts';

const tags = ['nodes'];

/** Who runs what: for people, and as a name service. */
export const nodeRoutes =
  ({ engine: { nodes } }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/nodes',
      {
        schema: {
          operationId: 'listNodes',
          tags,
          summary: 'Nodes, all or those that run a type',
          description: 'With `type`, live nodes that run it. Lost ones stay in sight for a while, at the end.',
          querystring: NodeQuery,
          response: { 200: RefTo(NodeList) },
          problems: [422],
        },
      },
      async ({ query }) => ({ nodes: nodes.all(query).map(nodeView) }),
    );

    app.get(
      '/nodes/:id',
      {
        schema: {
          operationId: 'getNode',
          tags,
          summary: 'One node and what it holds',
          params: NodeParams,
          response: { 200: RefTo(NodeDetail) },
          problems: [404],
        },
      },
      async ({ params: { id } }) => nodeDetailView(nodeNamed(id)),
    );

    app.patch(
      '/nodes/:id',
      {
        schema: {
          operationId: 'changeNode',
          tags,
          summary: 'Let a node drain, or take work again',
          consumes: ['application/merge-patch+json', 'application/json'],
          params: NodeParams,
          body: NodePatch,
          response: { 200: RefTo(Node) },
          problems: [404, 413, 415, 422],
        },
      },
      async (request) => {
        const { id } = request.params;
        checkNodeKey(request, nodes.get(id)?.pool);
        return nodeView(nodes.setDraining(id, request.body.state === 'draining'));
      },
    );

    app.delete(
      '/nodes/:id',
      {
        schema: {
          operationId: 'removeNode',
          tags,
          summary: 'Take a node out: what it still holds is lost and runs elsewhere',
          description: 'With `Node-Session` only while that session holds, so that a program never removes its successor.',
          params: NodeParams,
          body: NoBody,
          response: { 204: Empty('it is gone') },
          problems: [404, 409, 415, 422],
        },
      },
      async (request, reply) => {
        checkNodeKey(request, nodes.get(request.params.id)?.pool);
        nodes.remove(request.params.id, optionalSession(request));
        return reply.code(204).send(undefined);
      },
    );

    function nodeNamed(id: string): LiveNode {
      const node = nodes.get(id);
      if (node === undefined) throw new TaskRouterError('not_found', `There is no node ${id.slice(0, 64)}. See ${base}/nodes.`);
      return node;
    }
  };
