import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { activeFilters, filterQuery, isFirstPage, parseFilter } from '../../frontend/js/model/filters.js';
import { fitOf } from '../../frontend/js/model/fit.js';
import { algorithmFromForm, keyFromForm, poolFromForm, simulationFromForm, taskFromForm } from '../../frontend/js/model/forms.js';
import { lifeOf } from '../../frontend/js/model/life.js';
import { filterless, withParameter } from '../../frontend/js/model/paths.js';
import { fieldErrors } from '../../frontend/js/model/problem.js';
import { isMoving, isRunning } from '../../frontend/js/model/running.js';
import { quoted } from '../../frontend/js/model/shell.js';
import { createSseReader, type Frame } from '../../frontend/js/model/sse.js';
import { bulkScreen } from '../../frontend/js/views/operation.js';
import { aPool, aTask, now } from './fixtures.ts';

describe('filters and their address', () => {
  it.each([
    '',
    '?status=queued,failed',
    '?type=order&region=us-east&pool=local&tenant=acme&priority_gte=3&priority_lte=9',
    '?seq=7&parts_gte=2&parts_lte=4',
    '?status=cancelled&limit=200',
    '?created_after=2026-01-01T00:00:00Z&cursor=abc',
  ])('%j survives the way there and back', (query) => {
    expect(filterQuery(parseFilter(query))).toBe(query);
  });

  it('reads repeated and upper-case statuses, and drops what it does not know', () => {
    expect(parseFilter('status=QUEUED&status=failed&status=nonsense&limit=7&colour=red')).toMatchObject({
      status: ['queued', 'failed'],
      limit: 50,
    });
  });

  it('offers each condition to take away, and starts at the first page then', () => {
    const chips = activeFilters(parseFilter('?status=queued,failed&type=order&cursor=abc'));
    expect(chips.map(({ label, without }) => [label, filterQuery(without)])).toEqual([
      ['status queued', '?status=failed&type=order'],
      ['status failed', '?status=queued&type=order'],
      ['type order', '?status=queued,failed'],
    ]);
    expect(isFirstPage(parseFilter('?cursor=abc'))).toBe(false);
  });

  it('changes one parameter of a path', () => {
    expect(withParameter('/tasks?status=queued', 'paused', '1')).toBe('/tasks?status=queued&paused=1');
    expect(filterless('/tasks?paused=1', 'paused')).toBe('/tasks');
  });
});

describe('a text in a command line', () => {
  it.each(['', 'plain', "it's", "'; id; '", '$(id) `id` "a" \\ !! \n#'])('%j is one word of a shell, as it is', (text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${quoted(text)}`], { encoding: 'utf8' })).toBe(text);
  });

  it('cannot end the word it is in, wherever it comes from', () => {
    const body = { action: 'cancel', filter: { pool: ["x'; id; '"] } };
    const asked = {
      action: 'cancel',
      filter: '?pool=x',
      statuses: [],
      matched: 1,
      isCapped: false,
      requestKey: 'k',
      origin: 'http://h',
      body,
    };
    expect(bulkScreen(asked).toString().replaceAll('&#39;', "'").replaceAll('&quot;', '"')).toContain(
      `curl -d ${quoted(JSON.stringify(body))} -H`,
    );
  });
});

describe('from form to body', () => {
  it('makes numbers of numbers and leaves out what is empty', () => {
    expect(
      taskFromForm({
        type: 'hash',
        priority: '5',
        cost: ' 1.5 ',
        region: 'any',
        payload: '',
        max_cost: '',
        tenant: 'acme',
        request_key: 'k',
      }),
    ).toEqual({ type: 'hash', priority: 5, cost: 1.5, region: null, tenant: 'acme' });
  });

  it('leaves what is no number for the schema to refuse', () => {
    expect(taskFromForm({ type: 'hash', priority: 'high', cost: 'Infinity' })).toEqual({
      type: 'hash',
      priority: 'high',
      cost: 'Infinity',
    });
  });

  it.each([
    ['hello', 'hello'],
    ['{"a": [1]}', { a: [1] }],
    ['42', 42],
    ['"42"', '42'],
    ['{broken', '{broken'],
  ])('payload %s is %j', (text, payload) => expect(taskFromForm({ type: 'x', payload: text })['payload']).toEqual(payload));

  it('reads times without a zone as UTC', () => {
    expect(taskFromForm({ type: 'x', run_at: '2026-11-21T22:38' })['run_at']).toBe('2026-11-21T22:38:00.000Z');
    expect(taskFromForm({ type: 'x', run_at: 'soon' })['run_at']).toBe('soon');
  });

  it('tells a distribution from a pattern in time', () => {
    expect(simulationFromForm({ task_count: '50', shape: 'as:burst', rate: '9' })).toEqual({
      task_count: 50,
      distribution: 'burst',
      priority_range: [1, 10],
      cost_range: [0.1, 10],
    });
    expect(
      simulationFromForm({
        task_count: '50',
        shape: 'at:spike',
        rate: '9',
        duration: '60',
        seed: '1',
        region_bias: 'us-east',
        priority_min: '3',
        priority_max: '4',
      }),
    ).toEqual({
      ...{ task_count: 50, pattern: 'spike', rate: 9, duration: 60, seed: 1, region_bias: 'us-east' },
      ...{ priority_range: [3, 4], cost_range: [0.1, 10] },
    });
  });

  it('types parameters by their schema', () => {
    const schema = { properties: { step: { type: 'integer' }, mode: { type: 'string' }, on: { type: 'boolean' } } };
    expect(
      algorithmFromForm({ algorithm: 'a', epoch: '3', 'param.step': '5', 'param.mode': '5', 'param.on': 'true', 'param.none': '' }, schema),
    ).toEqual({ algorithm: 'a', params: { step: 5, mode: '5', on: true } });
    expect(algorithmFromForm({ algorithm: 'a' })).toEqual({ algorithm: 'a' });
    const combination = {
      algorithm: 'a+b',
      'param.order': '{"x":1}',
      'param.overtaking.strict': 'none',
      'param.overtaking.reserve': 'false',
    };
    expect(algorithmFromForm(combination)).toEqual({
      ...{ algorithm: 'a+b', params: { order: { x: 1 }, overtaking: { strict: 'none', reserve: false } } },
    });
  });

  it('makes a key of what was filled in', () => {
    expect(keyFromForm({ name: ' ci ', role: 'submit', tenant: '', pool: '', expires_at: '' })).toEqual({ name: 'ci', role: 'submit' });
    expect(keyFromForm({ name: 'x', role: 'node', pool: 'far', expires_at: '2099-01-01T00:00' })).toEqual({
      ...{ name: 'x', role: 'node', pool: 'far', expires_at: '2099-01-01T00:00:00.000Z' },
    });
  });

  it('patches pools with what was filled in', () => {
    expect(poolFromForm({ capacity: '12', speed: '', version: '3', cost_per_unit: '0.5' })).toEqual({ capacity: 12, cost_per_unit: 0.5 });
  });

  it('brings each error to its field', () => {
    const errors = [
      '/body/priority',
      '/body/cost_range/0',
      '/body/params/step',
      '/body/params/overtaking/strict',
      '/body/pattern',
      '/query/x',
      '/body',
    ].map((path) => ({
      path,
      message: path,
    }));
    expect(fieldErrors({ title: '', status: 422, code: '', detail: '', errors })).toEqual({
      priority: '/body/priority',
      cost_min: '/body/cost_range/0',
      'param.step': '/body/params/step',
      'param.overtaking.strict': '/body/params/overtaking/strict',
      shape: '/body/pattern',
    });
    expect(fieldErrors(undefined)).toEqual({});
  });

  it.each([
    ['/body/tenant', 'must be text of 1 to 64 letters or null', { tenant: 'must be text of 1 to 64 letters, or empty' }],
    ['/body/metadata', 'must be an object or null', { metadata: 'must be a JSON object, as in {"customer": "acme"}' }],
    ['/body/labels', 'must be an object of at most 64 fields', { labels: expect.stringContaining('gpu_memory_gb = 80, zone = a') }],
    ['/body/labels/a b', 'must be called otherwise', { labels: 'a b: must be called otherwise' }],
    [
      '/body/priority_range',
      'must be [smallest, largest], and it was [9, 2]',
      { priority_min: 'must not be above the other end, and it was [9, 2]' },
    ],
    ['/body/cost_range/1', 'must be a number', { cost_max: 'must be a number' }],
    ['/body/pools/0', 'must be an object', { pools: 'pool 1: must be a name and then settings, as in gpu capacity=8' }],
  ])('says %s in the words of the form', (path, message, told) => {
    expect(fieldErrors({ title: '', status: 422, code: '', detail: '', errors: [{ path, message }] })).toEqual(told);
  });

  it('names a field as it is called, not as a JSON Pointer writes it', () => {
    const errors = [{ path: '/query/a~1b~01', message: 'is not a known field' }];
    expect(fieldErrors({ title: '', status: 422, code: '', detail: '', errors }, 'query')).toEqual({ 'a/b~1': 'is not a known field' });
  });

  it('says all that is wrong with one field', () => {
    const errors = ['/body/pools/0', '/body/pools/2/speed', '/body/pools/2/speed'].map((path) => ({ path, message: 'no' }));
    expect(fieldErrors({ title: '', status: 422, code: '', detail: '', errors })).toEqual({ pools: 'pool 1: no; pool 3, speed: no' });
  });
});

describe('what runs by itself', () => {
  it.each([
    [{ operation: { status: 'running' } }, true],
    [{ operation: { status: 'completed' }, simulation: null }, false],
    [{ replays: [{ status: 'completed' }, { status: 'running' }] }, true],
    [{ task: { status: 'processing' } }, true],
    [{ task: { status: 'failed' }, nodes: [] }, false],
    [{ nodes: [{ id: 'm1' }] }, true],
  ])('is followed until it ends: %j', (model, followed) => {
    expect(isRunning(model as never)).toBe(followed);
  });

  it.each([
    [{}, false],
    [{ tasks: [aTask({ status: 'completed' }), aTask({ status: 'cancelled' })] }, false],
    [{ tasks: [aTask({ status: 'completed' }), aTask({ status: 'queued' })] }, true],
  ])('moves while a task of the page has not ended', (model, moves) => expect(isMoving(model)).toBe(moves));
});

describe('a life as spans', () => {
  const at = (seconds: number) => new Date(Date.parse(now) + seconds * 1_000).toISOString();
  const attempt = (number: number, from: number, to: number | null, outcome: string | null) => ({
    attempt: number,
    pool: 'p',
    started_at: at(from),
    ended_at: to === null ? null : at(to),
    outcome,
  });
  const spans = (...args: Parameters<typeof lifeOf>) =>
    lifeOf(...args).map((span) => [span.kind, (span.to - span.from) / 1_000, span.open]);

  it('waits', () => {
    expect(spans(aTask({ enqueued_at: at(0) }), [], Date.parse(at(5)))).toEqual([['queued', 5, true]]);
  });

  it('waits for its time, runs, backs off, runs again, ends: without a gap', () => {
    const task = aTask({ enqueued_at: at(0), run_at: at(2), status: 'completed', completed_at: at(12) });
    const life = lifeOf(task, [attempt(1, 3, 5, 'failed'), attempt(2, 9, 12, 'succeeded')], Date.parse(at(99)));
    expect(life.map((span) => [span.kind, (span.to - span.from) / 1_000])).toEqual([
      ['delayed', 2],
      ['queued', 1],
      ['processing', 2],
      ['delayed', 4],
      ['processing', 3],
    ]);
    for (const [index, span] of life.entries()) if (index > 0) expect(span.from).toBe(life[index - 1]!.to);
    expect(life.some((span) => span.open)).toBe(false);
  });

  it('is open at the end while it runs or backs off', () => {
    expect(spans(aTask({ enqueued_at: at(0), status: 'processing' }), [attempt(1, 1, null, null)], Date.parse(at(4)))).toEqual([
      ['queued', 1, false],
      ['processing', 3, true],
    ]);
    expect(spans(aTask({ enqueued_at: at(0), status: 'delayed' }), [attempt(1, 1, 2, 'failed')], Date.parse(at(4))).at(-1)).toEqual([
      'delayed',
      2,
      true,
    ]);
  });
});

describe('what fits where', () => {
  const failing = (...args: Parameters<typeof fitOf>) =>
    fitOf(...args)
      .checks.filter((check) => !check.ok)
      .map((check) => check.name);

  it.each([
    [{}, {}, []],
    [{ type: 'gone' }, {}, ['type']],
    [{ type: 'gone' }, { accepts: null }, []],
    [{ region: 'eu-west' }, {}, []],
    [{ region: 'eu-west', region_mode: 'require' }, {}, ['region']],
    [{ regions: ['eu-west', 'us-east'], region_mode: 'require' }, {}, []],
    [{ regions: ['eu-west'], region: null, region_mode: 'require' }, {}, ['region']],
    [{ constraints: [{ label: 'gb', op: '>', value: 16 }] }, { labels: { gb: 80 } }, []],
    [{ constraints: [{ label: 'gb', op: '>', value: 16 }] }, { labels: { gb: 16 } }, ['labels']],
    [{ constraints: [{ label: 'region', op: '!=', value: 'us-east' }] }, {}, ['labels']],
    [{ resource_type: 'gpu' }, {}, ['resource']],
    [{ cost: 10, max_cost: 4.9 }, {}, ['price']],
    [{ slots: 11 }, {}, ['size']],
    [{}, { state: 'paused' }, ['state']],
  ])('%j on %j fails %j', (task, pool, names) => expect(failing(aTask(task), aPool(pool))).toEqual(names));

  it('knows a full pool from an unfit one', () => {
    expect(fitOf(aTask(), aPool({ current_load: 10 }))).toMatchObject({ mayRun: true, hasRoom: false });
  });
});

describe('the stream reader', () => {
  const text =
    'retry: 1200\n\nid: 5\nevent: stats\ndata: {"a":1}\n\n: comment\nid: 6\n\r\nevent: batch\r\ndata: [1,\r\ndata: 2]\r\n\r\ndata: last\n\n';
  const frames = [
    { event: 'stats', data: '{"a":1}', id: '5' },
    { event: 'message', data: '', id: '6' },
    { event: 'batch', data: '[1,\n2]', id: undefined },
    { event: 'message', data: 'last', id: undefined },
  ];

  it.each(Array.from({ length: text.length }, (_, at) => at))('reads the same when the text is cut at %d', (at) => {
    const read: Frame[] = [];
    const take = createSseReader((frame) => read.push(frame));
    take(text.slice(0, at));
    take(text.slice(at));
    expect(read).toEqual(frames);
  });

  it('leaves an unfinished frame unread', () => {
    const read: Frame[] = [];
    createSseReader((frame) => read.push(frame))('data: half\n');
    expect(read).toEqual([]);
  });
});
