import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setup, type TestApp } from '../helpers/app.ts';

const base = '/api/v1';
let server: TestApp;
beforeAll(async () => {
  server = await setup({ closed: afterAll });
  await server.submit({ type: 'hold' });
});

async function refusal(method: string, url: string, json?: unknown) {
  const answer = await server.call(method, base + url, json === undefined ? {} : { json });
  expect(answer.body, 'nobody has to read a regular expression').not.toMatch(/\^|\(\?|\[A-Z|\[a-z]|\[0-9]|\{\d+,/);
  return { status: answer.statusCode, code: answer.json().code, paths: pathsOf(answer.json()), detail: String(answer.json().detail) };
}

function pathsOf({ errors = [] }: { errors?: readonly { path: string }[] }): readonly string[] {
  return errors.map(({ path }) => path);
}

const big = 'x'.repeat(70_000);

/** Each field of each body with values that do not fit it. */
const wrong: Record<string, { route: [method: string, url: string]; valid: object; fields: Record<string, readonly unknown[]> }> = {
  task: {
    route: ['POST', '/tasks'],
    valid: { type: 'echo' },
    fields: {
      type: ['', 5, null, {}, ['echo'], 'x'.repeat(65)],
      tenant: ['', 'a b', 5, null, 'x'.repeat(65), 'ä'],
      priority: [0, 11, 15, 5.5, true, null, '', '0', '11', '05', '5.5', ' 5', 'high', {}, []],
      cost: [0, -1, true, null, '', '0', '-1', '1e3', 'cheap', 1e10, '0.000', {}, []],
      region: [5, true, {}, 'nowhere'],
      regions: [5, 'us-east', [], ['nowhere'], [5], ['us-east', 'us-east'], Array.from({ length: 33 }, (_, i) => `r${i}`)],
      constraints: [
        ...[5, true, {}, '', 'gpu >', 'zone in (a', '8 > gpu', `zone = ${'x'.repeat(129)}`, 'x'.repeat(2_049)],
        ...[[5], [null], ['gpu > many'], [{ label: 'gpu' }], [{ label: '8', op: '=', value: 1 }], [{ label: 'a', op: 'like', value: 'b' }]],
        ...[[{ label: 'a', op: '=' }], [{ label: 'a', op: '=', values: ['b'] }], [{ label: 'a', op: '>', value: '16' }]],
        ...[[{ label: 'a', op: 'in', value: 'b' }], [{ label: 'a', op: 'in', values: [] }], [{ label: 'a', op: 'in', values: [true] }]],
        ...[[{ label: 'a', op: 'exists', value: 1 }], [{ label: 'a', op: '=', value: '' }], [{ label: 'a', op: '=', value: 'b\u0000' }]],
        ...[[{ label: 'a', op: '=', value: 1, more: 2 }], [{ label: 'a', op: '=', value: null }], [{ label: 'a', op: '<', value: 1e16 }]],
        ...[Array.from({ length: 17 }, (_, i) => `a${i}`), Array.from({ length: 17 }, (_, i) => `a${i}`).join()],
        Array.from({ length: 16 }, (_, i) => ({ label: `a${i}`, op: '=', value: 'x'.repeat(128) })),
      ],
      region_mode: ['maybe', null, 1],
      resource_type: ['tpu', 1, ''],
      slots: [0, -1, 1.5, '1', null, 10_001],
      estimate_ms: [-1, 0.5, '1', true],
      deadline: [
        'soon',
        5,
        '2026-01-01',
        '2026-13-01T00:00:00Z',
        '2026-01-01T00:00:00',
        '2027-06-30T23:59:60Z',
        '1969-01-01T00:00:00Z',
        true,
      ],
      max_cost: [-1, '1', true],
      run_at: ['tomorrow', 1_700_000_000_000, '2026-06-31T00:00:00Z', false],
      timeout_ms: [0, -5, 1.5, '100', null],
      max_attempts: [0, 101, 1.5, '3', null],
      metadata: [5, 'text', [], true, { big }],
      accept_unroutable: ['true', 1, null],
      idempotency_key: ['', 'a b', 5, null, 'x'.repeat(256)],
    },
  },
  pool: {
    route: ['POST', '/pools'],
    valid: { name: 'p', region: 'us-east', resource_type: 'cpu', cost_per_unit: 1, capacity: 1 },
    fields: {
      name: ['', 'a b', '../x', 5, null, 'x'.repeat(65), '<b>'],
      region: ['', 5, null, 'a b'],
      resource_type: ['tpu', null, 5],
      cost_per_unit: [-1, '1', null, 1e10],
      capacity: [-1, 1.5, '1', null, 1_000_001],
      executor: ['shell', null, 5],
      types: [[], 'x', [5], ['a b'], ['x', 'x'], null, ['nope']],
      speed: [0, -1, '1', null],
      carbon_grams_per_kwh: [-1, '400', 10_001, true],
      state: ['off', null],
      cooling: [
        5,
        {},
        { failures: 3 },
        { failures: 0, for_ms: 1_000 },
        { failures: 3, for_ms: 999 },
        { failures: 3, for_ms: 3_600_001 },
        { failures: 1.5, for_ms: 1_000 },
      ],
      type_limits: [5, { order: -1 }, { order: '1' }, { 'a b': 1 }, null],
      labels: [
        ...[5, [], 'zone=a', null, { 'a b': 1 }, { '8a': 1 }, { zone: null }, { zone: '' }, { zone: true }, { zone: ['a'] }],
        ...[{ zone: 'x'.repeat(129) }, { zone: 'a\nb' }, { gb: 1e16 }, { region: 'mars' }, { resource_type: 'tpu' }],
        Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`l${i}`, i])),
      ],
      simulated: [
        5,
        { latency_ms: [1], failure_ratio: 0, seed: 1 },
        { latency_ms: [2, 1], failure_ratio: 0, seed: 1 },
        { failure_ratio: 2 },
        null,
      ],
    },
  },
  'pool patch': {
    route: ['PATCH', '/pools/hand'],
    valid: {},
    fields: {
      name: ['other'],
      id: [1],
      version: [1],
      current_load: [0],
      capacity: [-1, null, '1', 1.5],
      state: ['off', null],
      types: [[], null, ['nope']],
      region: [null, ''],
      speed: [0, null],
      carbon_grams_per_kwh: [-1, '400'],
      cooling: [5, {}, { failures: 3 }, { for_ms: 1_000 }, { failures: '3', for_ms: 1_000 }, { times: 2 }],
      type_limits: [null, { echo: 'x' }],
      labels: [null, { zone: '' }, { region: 'mars' }, { 'a b': null }],
      simulated: [{ latency_ms: [5, 1] }, { unknown: 1 }, 5],
    },
  },
  type: {
    route: ['PUT', '/types/t'],
    valid: {},
    fields: {
      name: ['t'],
      origin: ['handler'],
      description: [5, null, 'x'.repeat(1_001)],
      requires: ['cost', ['type'], ['cost', 'cost'], null],
      limit_total: [-1, 1.5, '1'],
      limit_per_tenant: [-1, '1'],
      timeout_ms: [0, '1', null],
      max_attempts: [0, 101, null],
      resource_type: ['tpu', 5],
    },
  },
  'algorithm switch': {
    route: ['POST', '/algorithms/switch'],
    valid: { algorithm: 'fifo' },
    fields: { algorithm: ['', 5, null, 'nope', ['fifo'], 'x'.repeat(65)], params: [5, null, [], 'x'] },
  },
  'algorithm setting': {
    route: ['PUT', '/config/algorithm'],
    valid: { algorithm: 'fifo' },
    fields: {
      algorithm: ['', 5, null, 'nope', 'fifo+nope'],
      order: [5, null, ''],
      place: [[], {}],
      params: [5, null, []],
    },
  },
  simulation: {
    route: ['POST', '/simulate'],
    valid: { task_count: 1 },
    fields: {
      task_count: [0, 1_001, 1.5, '5', null],
      distribution: ['normal', null, 5],
      region_bias: ['nowhere', 5],
      priority_range: [[10, 1], [1], [1, 2, 3], [0, 5], [1, 11], [1.5, 2], '1-10', null, ['1', '2']],
      cost_range: [[5, 1], [0, 1], [-1, 1], [1], [1, 2, 3], 'cheap', null],
      pattern: ['wave', 5],
      rate: [0, -1, '1', null, 10_001],
      duration: [0, -1, '1', null, 86_401],
      seed: [-1, 1.5, '1', null],
    },
  },
};

describe.each(Object.entries(wrong))('a wrong field of a %s', (_, { route: [method, url], valid, fields }) => {
  it.each(Object.entries(fields))('%s is named, with what is allowed', async (field, values) => {
    for (const value of values) {
      const { status, code, paths, detail } = await refusal(method, url, { ...valid, [field]: value });
      const said = `${field} = ${JSON.stringify(value)?.slice(0, 60)}: ${status} ${code} ${detail}`;
      expect(status, said).toBe(422);
      expect(['validation_failed', 'unknown_reference'], said).toContain(code);
      expect(
        paths.some((path) => path === `/body/${field}` || path.startsWith(`/body/${field}/`)),
        `${said} ${paths}`,
      ).toBe(true);
      expect(detail, said).not.toContain('[object Object]');
    }
  });

  it('that is unknown is named', async () => {
    for (const field of ['colour', 'status', 'attempt', 'actual_cost', 'handled_by', 'id', 'seq', 'toString', 'hasOwnProperty', 'a/b~c']) {
      if (field in fields && field !== 'id') continue;
      const { status, paths } = await refusal(method, url, { ...valid, [field]: 1 });
      expect(status, field).toBe(422);
      expect(paths, field).toContain(`/body/${field.replace('~', '~0').replace('/', '~1')}`);
    }
  });

  it('is not a body of another shape', async () => {
    for (const json of [[], [valid], 'text', 5, true, null]) {
      const { status, paths } = await refusal(method, url, json);
      expect([status, paths], JSON.stringify(json)).toEqual([422, ['/body']]);
    }
  });
});

describe('a wrong query', () => {
  it.each([
    ['/tasks?page=0', 'page'],
    ['/tasks?page=-1', 'page'],
    ['/tasks?page=x', 'page'],
    ['/tasks?page=', 'page'],
    ['/tasks?page=1.5', 'page'],
    ['/tasks?page=1&page=2', 'page'],
    ['/tasks?page=50000', 'page'],
    ['/tasks?page_size=0', 'page_size'],
    ['/tasks?page_size=101', 'page_size'],
    ['/tasks?page_size=1e9', 'page_size'],
    ['/tasks?limit=0', 'limit'],
    ['/tasks?limit=1001', 'limit'],
    ['/tasks?limit=5&page=2', 'page'],
    ['/tasks?cursor=', 'cursor'],
    ['/tasks?seq=0', 'seq'],
    ['/tasks?priority_gte=11', 'priority_gte'],
    ['/tasks?created_after=yesterday', 'created_after'],
    ['/tasks?created_before=2026-01-01', 'created_before'],
    ['/tasks?tenant=a%20b', 'tenant'],
    ['/tasks?colour=red', 'colour'],
    ['/tasks?__proto__=1', '__proto__'],
    ['/logs?page=0', 'page'],
    ['/logs?page_size=101', 'page_size'],
    ['/logs?event_type=nope', 'event_type'],
    ['/logs?types=created', 'types'],
    ['/algorithms/history?limit=0', 'limit'],
    ['/events?since=-1', 'since'],
    ['/events?since=x', 'since'],
    ['/events?batch=1001', 'batch'],
    ['/events?types=task', 'types'],
    ['/events?state=weather', 'state'],
    ['/events?snapshot=yes', 'snapshot'],
    ['/events?follow=1', 'follow'],
    ['/health/ready?verbos=1', 'verbos'],
  ])('%s: 422 that names the parameter', async (url, parameter) => {
    const { status, code, paths } = await refusal('GET', url);
    expect({ status, code, paths }).toEqual({ status: 422, code: 'validation_failed', paths: [`/query/${parameter}`] });
  });

  it('suggests what may have been meant', async () => {
    expect((await refusal('GET', '/tasks?regoin=us-east')).detail).toBe('regoin is not a known field; did you mean region?');
    expect((await refusal('POST', '/tasks', { type: 'echo', priorty: 1 })).detail).toContain('did you mean priority?');
    expect((await refusal('GET', '/tasks?colour=red')).detail).toContain('known: page, page_size');
  });
});

describe('what is wrong in several places', () => {
  it.each([
    ['POST', '/tasks', { type: 'nope', region: 'mars', priority: 99 }, ['/body/priority', '/body/type', '/body/region']],
    ['POST', '/tasks', { type: 'nope', region: 'mars' }, ['/body/type', '/body/region']],
    ['POST', '/tasks', { type: 'echo', regions: ['mars', 5], slots: 0 }, ['/body/regions/1', '/body/slots', '/body/regions/0']],
    ['POST', '/tasks', { type: 'nope', region: 'mars', slots: 0, accept_unroutable: true }, ['/body/slots', '/body/type']],
    ['POST', '/tasks/preview?strategy=x', { type: 'nope', slots: 0 }, ['/body/slots', '/body/type', '/query/strategy']],
    ['POST', '/tasks/batch?atomic=true', [{ type: 'nope', slots: 0 }], ['/body/0/slots', '/body/0/type']],
  ])('%s %s %j is told at once', async (method, url, json, paths) => {
    expect((await refusal(method, url, json)).paths.toSorted()).toEqual(paths.toSorted());
  });
});

describe('the sentence', () => {
  it.each([
    [{ type: 'echo', priority: 15 }, 'priority must be an integer from 1 to 10, and it was 15.'],
    [{ type: 'echo', region_mode: 'maybe' }, 'region_mode must be one of prefer, require, and it was "maybe".'],
    [{ priority: 1 }, 'type is required.'],
    [{ type: 'echo', metadata: 'x'.repeat(100) }, `metadata must be an object or null, and it was "${'x'.repeat(39)}....`],
    [
      { type: 'echo', run_at: 'soon' },
      'run_at must be a time from 1970 to 9999 such as 2026-11-21T22:38:06.120Z or null, and it was "soon".',
    ],
  ])('of %j says what is wanted and what it was', async (json, sentence) => {
    expect((await refusal('POST', '/tasks', json)).detail).toBe(sentence);
  });

  it.each([
    [{ type: 'echo', tenant: 'a b' }, 'tenant must be text of 1 to 64 letters, digits or ._/-, and it was "a b".'],
    [
      { type: 'echo', idempotency_key: 'a b' },
      /^idempotency_key must be text of 1 to 255 letters, digits and signs of ASCII, without blanks/,
    ],
    [{ type: 'echo', depends_on: [{ task: 'x', name: '../x' }] }, /^depends_on\.0\.name must be text of 1 to 64 letters, digits/],
  ])('of %j says in words what the letters may be', async (json, sentence) => {
    const { detail } = await refusal('POST', '/tasks', json);
    if (typeof sentence === 'string') expect(detail).toBe(sentence);
    else expect(detail).toMatch(sentence);
  });

  it('of several fields says how many and which, and then what the first may be', async () => {
    const { detail, paths } = await refusal('POST', '/tasks', { type: 'echo', priority: 15, cost: 'x', slots: 0 });
    expect(detail).toBe('3 fields are wrong: priority, cost and slots. priority must be an integer from 1 to 10, and it was 15.');
    expect(paths).toEqual(['/body/priority', '/body/cost', '/body/slots']);
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`no${i}`, 1]));
    expect((await refusal('POST', '/tasks', { type: 'echo', ...many })).detail).toMatch(/^12 fields are wrong: no0, .*, no7 and 4 more\. /);
    expect((await refusal('GET', '/tasks?status=x&type=y&region=us-east')).detail).toMatch(
      /^2 fields are wrong: status and type\. Invalid status: x\. It must be one of /,
    );
  });

  it('of a name with a slash says it as it is called', async () => {
    expect((await refusal('POST', '/tasks', { type: 'echo', 'a/b~': 1 })).detail).toMatch(/^a\/b~ is not a known field/);
    expect((await refusal('GET', '/tasks?a/b=1')).detail).toMatch(/^a\/b is not a known field/);
  });

  it.each([
    ['/tasks', 'regions', (list: unknown[]) => ({ type: 'echo', regions: list })],
    ['/tasks/batch?atomic=true', '0.regions', (list: unknown[]) => [{ type: 'echo', regions: list }]],
    ['/tasks/bulk', 'filter.type', (list: unknown[]) => ({ action: 'cancel', filter: { type: list } })],
    ['/pools', 'types', (list: unknown[]) => ({ name: 'p', region: 'us-east', resource_type: 'cpu', cost_per_unit: 1, types: list })],
  ])('to %s of a list that is too long says only that', async (url, field, body) => {
    for (const list of [Array.from({ length: 1_100 }, (_, i) => `r${i}`), Array(1_100).fill(5)]) {
      const { paths } = await refusal('POST', url, body(list));
      expect(paths).toContain(`/body/${field.replace('.', '/')}`);
      expect(paths.filter((path) => /\d+$/.test(path))).toEqual([]);
    }
  });

  it('of a name that is a key says what it may be', async () => {
    const pool = { name: 'p', region: 'us-east', resource_type: 'cpu', cost_per_unit: 1, capacity: 1 };
    const { detail, paths } = await refusal('POST', '/pools', { ...pool, type_limits: { 'a b': 1 } });
    const rule = 'text of 1 to 64 letters, digits or ._- that begins with a letter or digit';
    expect([detail, paths]).toEqual([`type_limits.a b must be called by ${rule}.`, ['/body/type_limits/a b']]);
    expect((await refusal('PUT', '/types/a%20b', {})).detail).toBe(`name must be ${rule}.`);
    expect((await refusal('POST', '/pools', { ...pool, name: 'x y' })).detail).toBe(`name must be ${rule}, and it was "x y".`);
  });

  it('comes with everything that is wrong, also what no schema can say', async () => {
    const task = { type: '', cost: '0', deadline: '1969-01-01T00:00:00Z', run_at: 'soon', metadata: { big } };
    const constraints = ['gpu >', 'zone = a', { label: 'a', op: '>', value: 'x' }, { label: '8', op: '=', value: 1 }, 5];
    const { paths } = await refusal('POST', '/tasks', { ...task, priority: 11, constraints, colour: 1 });
    const below = ['colour', 'constraints/0', 'constraints/2', 'constraints/3/label', 'constraints/4', 'cost', 'deadline'];
    expect(paths.toSorted()).toEqual([...below, 'metadata', 'priority', 'run_at', 'type'].map((path) => `/body/${path}`));
    const simulated = { latency_ms: [2, 1], failure_ratio: 2, seed: 1 };
    const pool = {
      name: 'p',
      region: 'us-east',
      cost_per_unit: 1,
      executor: 'function',
      labels: { region: 'x', '8a': 1, zone: '' },
      simulated,
    };
    const of = [
      'capacity',
      'labels/8a',
      'labels/region',
      'labels/zone',
      'resource_type',
      'simulated/failure_ratio',
      'simulated/latency_ms',
    ];
    expect((await refusal('POST', '/pools', pool)).paths.toSorted()).toEqual(of.map((path) => `/body/${path}`));
    const traffic = { task_count: 0, priority_range: [10, 1], cost_range: [5, 1] };
    expect((await refusal('POST', '/simulate', traffic)).paths.toSorted()).toEqual(
      ['cost_range', 'priority_range', 'task_count'].map((path) => `/body/${path}`),
    );
    expect((await refusal('GET', '/tasks?status=maybe&type=nope&region=mars')).paths).toEqual(
      ['status', 'type', 'region'].map((path) => `/query/${path}`),
    );
  });

  it('of a range tells the order', async () => {
    const { detail } = await refusal('POST', '/simulate', { task_count: 5, priority_range: [10, 1] });
    expect(detail).toBe('priority_range must be [smallest, largest], and it was [10, 1].');
  });

  it('comes with at most twenty fields', async () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`field${i}`, i]));
    expect((await refusal('POST', '/tasks', { type: 'echo', ...many })).paths).toHaveLength(20);
  });
});

describe('JSON that is a weapon', () => {
  const send = (payload: string, url = '/tasks') =>
    server.call('POST', base + url, { payload, headers: { 'content-type': 'application/json' } });

  it.each([
    ['nothing', ''],
    ['blanks', ' \n'],
    ['half of it', '{"type": "ec'],
    ['two documents', '{"type":"echo"}{"type":"echo"}'],
    ['single quotes', "{'type':'echo'}"],
    ['NaN', '{"type":"echo","cost":NaN}'],
    ['a number too large for a double', '{"type":"echo","payload":[1e999]}'],
    ['a cost too large for a double', '{"type":"echo","cost":-1e999}'],
    ['__proto__', '{"type":"echo","__proto__":{"polluted":1}}'],
    ['__proto__ below', '{"type":"echo","payload":[{"__proto__":{"polluted":1}}]}'],
    ['__proto__ in escapes', '{"type":"echo","payload":{"\\u005f\\u005fproto\\u005f\\u005f":1}}'],
    ['constructor.prototype', '{"type":"echo","metadata":{"constructor":{"prototype":{"polluted":1}}}}'],
    ['33 levels', `{"type":"echo","payload":${'['.repeat(32)}${']'.repeat(32)}}`],
    ['100,000 levels', `{"type":"echo","payload":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['100,000 levels of objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['1,001 keys', JSON.stringify({ type: 'echo', payload: Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [i, i])) })],
  ])('%s: 422 malformed_json', async (_, payload) => {
    const answer = await send(payload);
    expect(answer.json()).toMatchObject({ status: 422, code: 'malformed_json', errors: [{ path: '/body' }] });
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it('is not what stays within the limits', async () => {
    expect((await send(`{"type":"echo","payload":${'['.repeat(31)}${']'.repeat(31)}}`)).statusCode).toBe(201);
    const keys = Object.fromEntries(Array.from({ length: 998 }, (_, i) => [i, i]));
    expect((await send(JSON.stringify({ type: 'echo', payload: keys }))).statusCode).toBe(201);
    expect((await send('{"type":"echo","metadata":{"constructor":"Bauer AG","prototype":1}}')).statusCode).toBe(201);
  });

  it('is refused by size before it is parsed: 413', async () => {
    const answer = await send(`{"type":"echo","payload":"${'x'.repeat(1_048_576)}"}`);
    expect(answer.json()).toMatchObject({
      ...{ status: 413, code: 'body_too_large', errors: [{ path: '/body', message: expect.stringContaining('1,048,576 bytes (1 MiB)') }] },
      detail:
        'A body of POST /api/v1/tasks may have at most 1,048,576 bytes (1 MiB), and this one has 1,048,604. No setting changes that. Send large input as files: POST /api/v1/jobs.',
    });
    const batch = await send(`["${'x'.repeat(16 * 1_048_576)}"]`, '/tasks/batch');
    expect(batch.json()).toMatchObject({
      ...{ status: 413, detail: expect.stringMatching(/16,777,216 bytes \(16 MiB\).*Send it in several batches\.$/) },
    });
  });

  it('takes a body of just under 1 MiB', async () => {
    expect((await send(`{"type":"echo","payload":"${'x'.repeat(1_048_000)}"}`)).statusCode).toBe(201);
  });
});

describe('what is no request of ours', () => {
  it.each([
    ['text/plain', '{"type":"echo"}'],
    ['application/x-www-form-urlencoded', 'type=echo'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['application/xml', '<task/>'],
    ['application/x-ndjson', '{"type":"echo"}'],
    ['nonsense', '{"type":"echo"}'],
    ['', '{"type":"echo"}'],
  ])('content type %j: 415', async (type, payload) => {
    const answer = await server.call('POST', `${base}/tasks`, { payload, headers: { 'content-type': type } });
    expect(answer.json()).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  it('a body that says no type: 415', async () => {
    const answer = await server.app.inject({ method: 'POST', url: `${base}/tasks`, payload: Buffer.from('{"type":"echo"}') });
    expect(answer.json()).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  it('a compressed body: 415', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect((await server.call('POST', `${base}/tasks`, { payload: 'x', headers })).statusCode).toBe(415);
  });

  it('JSON with a charset is JSON', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect((await server.call('POST', `${base}/tasks`, { payload: '{"type":"echo"}', headers })).statusCode).toBe(201);
  });

  it.each([
    ['PUT', '/tasks', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/tasks/abc', 'DELETE, GET, HEAD, OPTIONS'],
    ['PATCH', '/tasks/abc', 'DELETE, GET, HEAD, OPTIONS'],
    ['GET', '/tasks/batch/x', undefined],
    ['POST', '/health', 'GET, HEAD, OPTIONS'],
    ['HEAD', '/events', 'GET, OPTIONS'],
    ['DELETE', '/system/stats', 'GET, HEAD, OPTIONS'],
    ['TRACE', '/tasks', 'GET, HEAD, OPTIONS, POST'],
    ['GET', '/algorithms/switch', 'OPTIONS, POST'],
    ['GET', '/jobs', 'OPTIONS, POST'],
    ['PUT', '/nodes', 'GET, HEAD, OPTIONS, POST'],
    ['GET', '/nodes/a/leases', 'OPTIONS, POST'],
    ['POST', '/tasks/preview/x', undefined],
  ])('%s %s: 405 with Allow %s, or 404', async (method, url, allow) => {
    const answer = await server.app.inject({ method: method as 'GET', url: base + url, ...(method === 'POST' ? { payload: 'x' } : {}) });
    expect(answer.statusCode).toBe(allow === undefined ? 404 : 405);
    expect(answer.headers['allow']).toBe(allow);
    if (method === 'HEAD') return;
    expect(answer.json().code).toBe(allow === undefined ? 'route_not_found' : 'method_not_allowed');
    expect(answer.json().detail).toMatch(allow === undefined ? /^Not Found/ : /^Method Not Allowed/);
  });

  it('OPTIONS tells the methods of a path', async () => {
    const answer = await server.call('OPTIONS', `${base}/tasks`);
    expect([answer.statusCode, answer.headers['allow'], answer.body]).toEqual([204, 'GET, HEAD, OPTIONS, POST', '']);
    expect((await server.call('OPTIONS', `${base}/nope`)).statusCode).toBe(404);
  });

  it.each([`${base}/tasks/%zz`, '/%', `${base}/pools/%E0%A4%A`])('the URL %s: 400', async (url) => {
    expect((await server.call('GET', url)).json()).toMatchObject({ status: 400, code: 'bad_url' });
  });

  it('a URL of more than 8 KiB: 414', async () => {
    expect((await server.call('GET', `${base}/tasks?cursor=${'x'.repeat(9_000)}`)).json()).toMatchObject({
      status: 414,
      code: 'uri_too_long',
    });
  });

  it('an unknown path', async () => {
    for (const url of ['/nope', '/api', '/api/v2/tasks', '/API/V1/TASKS', '/..%2f..%2fetc/passwd', '/docs/static/..%2f..%2fpackage.json'])
      expect((await server.app.inject({ method: 'GET', url })).statusCode, url).toBe(404);
  });
});
