import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setup, type TestApp, turns } from '../helpers/app.ts';
import { type Arbitrary, fc } from '../helpers/fc.ts';
import { broken, type JsonSchema, junk, valuesOf } from '../helpers/schema-arbitrary.ts';

/**
 * Requests made from our own OpenAPI document, right and wrong, against the real engine. `call` compares each answer with the document:
 * status, content type, body; nothing may be a fault, and nothing may show a stack.
 */
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: JsonSchema;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}
interface Request {
  readonly method: string;
  readonly url: string;
  readonly type: string | undefined;
  readonly payload: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

const runs = 3_000;
let server: TestApp;
/** Made first: the first key that a request makes by chance would close the door to all after it. */
let authorization: string;
beforeAll(async () => {
  server = await setup({ closed: afterAll });
  const made = await server.call('POST', '/api/v1/keys', { json: { name: 'fuzz', role: 'admin' } });
  authorization = `Bearer ${made.json().key}`;
});

describe('every operation of the document', () => {
  it('answers as documented, whatever it is sent', async () => {
    const { id } = (await server.call('POST', '/api/v1/tasks', { json: { type: 'hold' }, headers: { authorization } })).json();
    const document = server.app.swagger() as unknown as Document;
    const names = [id, 'hand', 'order', 'us-east-cpu-pool', 'nope'];
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => requestsOf(document, path, method.toUpperCase(), operation, names)),
    );
    const seen = new Map<number, number>();
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(...operations), async ({ method, url, type, payload, headers }) => {
        const answer = await server.call(method, url, {
          headers: { authorization, ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
          ...(payload === undefined ? {} : { payload }),
        });
        seen.set(answer.statusCode, (seen.get(answer.statusCode) ?? 0) + 1);
        expect(answer.statusCode, answer.body).toBeLessThan(500);
        if (++count % 50 === 0) await server.advance(1_000);
      }),
      { numRuns: runs },
    );
    await turns();
    // The generators reach what they should: requests that are taken, and each kind of refusal.
    for (const status of [200, 201, 400, 404, 422]) expect(seen.get(status) ?? 0, `answers of ${status}`).toBeGreaterThan(0);
    expect(server.faults).toEqual([]);
  }, 120_000);

  it('takes every body that its schema takes, but for what no schema can say', async () => {
    const document = server.app.swagger() as unknown as Document;
    const bodies = valuesOf({ $ref: '#/components/schemas/TaskInput' }, (ref) => resolve(document, ref));
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const answer = await server.call('POST', '/api/v1/tasks', {
          json: { ...(body as object), type: 'echo', accept_unroutable: true },
          headers: { authorization },
        });
        if (answer.statusCode === 201) return;
        // Times in the past, names of regions, a used key, what constraints say, tasks that are not there: rules between fields and the world.
        const fields = ['deadline', 'region', 'regions', 'region_mode', 'constraints', 'idempotency_key', 'cost', 'depends_on'];
        expect(fields, answer.body).toContain(fieldOf(answer.json()));
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});

function fieldOf({ code, errors }: { code: string; errors?: readonly { path: string }[] }): string | undefined {
  return code === 'idempotency_key_reused' ? 'idempotency_key' : errors?.[0]?.path.split('/')[2];
}

function requestsOf(document: Document, path: string, method: string, operation: Operation, names: readonly string[]): Arbitrary<Request> {
  const parameters = operation.parameters ?? [];
  const url = fc.record({ path: pathsOf(path, names), query: queriesOf(document, parameters) }).map(({ path, query }) => path + query);
  // A stream has no end, so only its refusals can be looked at.
  const target = operation.operationId === 'streamEvents' ? fc.constant(`${path}?since=x`) : url;
  return fc
    .record({ method: fc.constant(method), url: target, body: bodiesOf(document, operation), headers })
    .map(({ body, ...request }) => ({
      ...request,
      ...body,
    }));
}

const headers: Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        'if-match': fc.constantFrom('"1"', '"2"', '*', 'x', ''),
        'if-none-match': fc.constantFrom('"1"', 'W/"1"', '*', ','),
        'idempotency-key': fc.constantFrom('a', '"b"', '', 'c d'),
        prefer: fc.constantFrom('return=minimal', 'wait=0', 'wait=x', ',;='),
        accept: fc.constantFrom('*/*', 'text/html', 'application/x-ndjson', ''),
        'x-request-id': fc.constantFrom('r', '<r>'),
        host: fc.constantFrom('localhost', 'evil.example'),
        origin: fc.constantFrom('http://localhost', 'http://evil.example', 'null'),
      },
      { requiredKeys: [] },
    ) as Arbitrary<Record<string, string>>,
  },
);

function pathsOf(path: string, names: readonly string[]): Arbitrary<string> {
  const parts = path.split('/').map((part) => {
    if (!part.startsWith('{')) return fc.constant(part);
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: junk.map(asText) });
  });
  return fc.tuple(...parts).map((filled) => filled.join('/'));
}

function queriesOf(document: Document, parameters: readonly Parameter[]): Arbitrary<string> {
  const fields = parameters.filter((parameter) => parameter.in === 'query');
  const right = fc.record(Object.fromEntries(fields.map(({ name, schema }) => [name, valuesOf(schema, (ref) => resolve(document, ref))])), {
    requiredKeys: [],
  });
  return fc
    .oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: right }, { weight: 1, arbitrary: broken(right) })
    .map((query) => {
      const pairs = Object.entries(Object(query) as object).flatMap(([name, value]) =>
        [value].flat().map((one) => `${asText(name)}=${asText(one)}`),
      );
      return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
    });
}

function bodiesOf(document: Document, { requestBody }: Operation): Arbitrary<Pick<Request, 'type' | 'payload'>> {
  const none = fc.constant({ type: undefined, payload: undefined });
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  if (type === undefined || media === undefined) return none;
  const right = valuesOf(media.schema, (ref) => resolve(document, ref));
  const asBody = (value: unknown) => ({ type, payload: JSON.stringify(value) ?? '' });
  return fc.oneof(
    { weight: 4, arbitrary: right.map(asBody) },
    { weight: 4, arbitrary: broken(right).map(asBody) },
    {
      weight: 1,
      arbitrary: fc.tuple(right, fc.nat(40)).map(([value, cut]) => ({ type, payload: (JSON.stringify(value) ?? '').slice(0, -1 - cut) })),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map((payload) => ({ type, payload })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('text/plain', 'application/x-ndjson', 'x'), right)
        .map(([other, value]) => ({ ...asBody(value), type: other })),
    },
    { weight: 1, arbitrary: none },
  );
}

function resolve(document: Document, ref: string): JsonSchema {
  const found = document.components.schemas[ref.slice('#/components/schemas/'.length)];
  if (found === undefined) throw new Error(`nothing at ${ref}`);
  return found;
}

/** As a part of a URL; a lone surrogate has no encoding, so it goes in as its escape would look. */
function asText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd')).slice(0, 300);
}
