import { callerOf } from '../caller.ts';
import { type Auth, base } from '../deps.ts';
import { NoBody } from '../schemas/batch.ts';
import { RefTo, Strict } from '../schemas/common.ts';
import { KeyInput, KeyList, KeySelf, NewKey } from '../schemas/key.ts';
import { Empty } from '../schemas/responses.ts';
import { type FastifyPluginAsyncTypebox, Type } from '../schemas/type.ts';
import { keySpecOf, keyView } from '../views/key.ts';

const tags = ['keys'];

/** Keys that open the API. The first one closes it to everybody without. */
export const keyRoutes =
  ({ keys }: Pick<Auth, 'keys'>): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/keys',
      {
        schema: { operationId: 'listKeys', tags, summary: 'Keys, without what opens', response: { 200: RefTo(KeyList) }, problems: [] },
      },
      async () => {
        const keyless = app.keyless();
        return { keys: keys.all().map(keyView), without_key: keyless && { nodes: [...keyless.nodes], streams: keyless.streams } };
      },
    );

    app.get(
      '/keys/self',
      {
        schema: {
          operationId: 'getOwnKey',
          tags,
          summary: 'What the key of this request is',
          response: { 200: RefTo(KeySelf) },
          problems: [],
        },
      },
      async (request) => ({ required: keys.size > 0, key: request.key === null ? null : keyView(request.key) }),
    );

    app.post(
      '/keys',
      {
        schema: {
          operationId: 'addKey',
          tags,
          summary: 'Make a key',
          description:
            'The answer holds the key, this once. From the first key on every request needs one, from this machine too: the first has the role admin and no end.',
          body: RefTo(KeyInput),
          response: { 201: RefTo(NewKey) },
          problems: [409, 413, 415, 422],
        },
      },
      async (request, reply) => {
        const { listed, key } = await keys.add(keySpecOf(request.body), callerOf(request).name);
        reply.code(201).header('location', `${base}/keys/${listed.prefix}`);
        return { ...keyView(listed), key };
      },
    );

    app.delete(
      '/keys/:prefix',
      {
        schema: {
          operationId: 'removeKey',
          tags,
          summary: 'Take a key away',
          description: 'It opens nothing from now on. The last key that can make others stays while there are others.',
          params: Strict({ prefix: Type.String({ description: 'public part of the key' }) }),
          body: NoBody,
          response: { 204: Empty('it is gone') },
          problems: [404, 409, 413, 415, 422],
        },
      },
      async (request, reply) => {
        await keys.remove(request.params.prefix, callerOf(request).name);
        return reply.code(204).send(undefined);
      },
    );
  };
