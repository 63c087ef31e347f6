/** Every view with a model: rendered in Node by the frontend suite, and compared with the browser's bytes by the browser suite. */
import { algorithmPicker } from '../../frontend/js/views/algorithm-picker.js';
import { algorithmsScreen } from '../../frontend/js/views/algorithms.js';
import { explainPart } from '../../frontend/js/views/explain.js';
import type { Html } from '../../frontend/js/views/html.js';
import { keysScreen } from '../../frontend/js/views/keys.js';
import { liveness } from '../../frontend/js/views/live.js';
import { logScreen } from '../../frontend/js/views/log.js';
import { lostScreen } from '../../frontend/js/views/lost.js';
import { bulkScreen, operationScreen } from '../../frontend/js/views/operation.js';
import { overviewScreen } from '../../frontend/js/views/overview.js';
import { poolScreen, poolsScreen } from '../../frontend/js/views/pool.js';
import { previewPart } from '../../frontend/js/views/preview.js';
import { quotasScreen } from '../../frontend/js/views/quotas.js';
import { activationScreen, replayScreen } from '../../frontend/js/views/replay.js';
import { replaysScreen } from '../../frontend/js/views/replays.js';
import { searchScreen } from '../../frontend/js/views/search.js';
import { signInScreen } from '../../frontend/js/views/sign-in.js';
import { simulateScreen } from '../../frontend/js/views/simulate.js';
import { doctorStrip, errorScreen } from '../../frontend/js/views/states.js';
import { taskScreen } from '../../frontend/js/views/task.js';
import { taskFormScreen } from '../../frontend/js/views/task-form.js';
import { tasksScreen } from '../../frontend/js/views/tasks.js';
import * as given from './fixtures.ts';

export interface ViewCase {
  readonly name: string;
  readonly module: string;
  readonly view: string;
  readonly model: unknown;
  render(): Html;
}

function viewCase<M>(name: string, module: string, view: (model: M) => Html, model: NoInfer<M>): ViewCase {
  return { name, module, view: view.name, model, render: () => view(model) };
}

const { now } = given;
const origin = 'http://127.0.0.1:8000';
const overview = given.overviewModel();
const problem = {
  title: 'Validation failed',
  status: 422,
  code: 'validation_failed',
  detail: 'priority must be an integer from 1 to 10, and it was 15.',
  request_id: 'r-1',
  errors: [{ path: '/body/priority', message: 'must be an integer from 1 to 10' }],
};
const filterProblem = (...fields: readonly string[]) => ({
  ...problem,
  errors: fields.map((field) => ({ path: `/query/${field}`, message: 'must be <something> else' })),
});
const filter = {
  status: [],
  type: '',
  region: '',
  pool: '',
  tenant: '',
  seq: '',
  priority_gte: '',
  priority_lte: '',
  parts_gte: '',
  parts_lte: '',
  created_after: '',
  created_before: '',
  limit: 50,
  cursor: '',
} as const;
const list = {
  tasks: given.recentTasks(),
  total: 10_001,
  totalIsCapped: true,
  nextCursor: 'abc',
  prevCursor: null,
  filter,
  types: ['order'],
  regions: ['us-east'],
  pools: ['local'],
  origin,
  now,
};
const explanation = {
  summary: 'Waiting 42 s: both pools that may run it are full.',
  holds: [given.hold],
  counts: { pools: 9, may_run: 2, full: 2, out: { region: 6, paused: 1 } },
  decision: null,
  forecast: { start_ms: [2_000, 5_000], when: 'in 2 to 5 s', basis: 'what 2 pools finished in the last 60 s' },
  max_wait: {
    is_past: false,
    summary: 'Newer work may come before it in the order for at most 5 min 12 s more, until 2026-11-21T22:43:18.000Z.',
  },
  unblock: [{ summary: 'Raise the capacity of local from 1 to 2. It would start on local.', who: 'operator', starts_on: 'local' }],
};
const bulk = {
  ...{ action: 'cancel', filter: '?status=queued&type=a', statuses: ['queued'], matched: 10_000, isCapped: true, requestKey: 'k', origin },
  body: { action: 'cancel', filter: { status: ['queued'], type: ['a'] } },
};
const operation = {
  ...{ id: 'op', action: 'cancel', filter: { status: ['queued'] }, status: 'running', matched: 900, matched_is_capped: false },
  ...{ done: 400, skipped: 2, refused: 0, reason: null, by: 'api', started_at: now, ended_at: null },
};
const task = given.aFullTask({ seq: 7, reason: given.hold });
const picky = given.aFullTask({
  seq: 9,
  regions: ['us-east', 'eu-west'],
  region_mode: 'require',
  constraints: [
    { label: 'gpu_memory_gb', op: '>', value: 16 },
    { label: 'zone', op: 'in', values: ['a', '<b>'] },
  ],
});
const placed = given.aFullTask({
  seq: 8,
  status: 'failed',
  attempt: 2,
  started_at: '2026-11-21T22:38:00.000Z',
  completed_at: now,
  worker_id: 'local',
  algorithm_used: 'fifo',
  error: { code: 'failed', message: 'no' },
  payload: { a: [1, null, 'x'] },
  result: null,
  task_metadata: { k: 'v' },
});
const attempts = [
  { attempt: 1, pool: 'local', started_at: '2026-11-21T22:37:40.000Z', ended_at: '2026-11-21T22:37:45.000Z', outcome: 'failed' },
  { attempt: 2, pool: 'local', started_at: '2026-11-21T22:38:00.000Z', ended_at: now, outcome: 'timed_out' },
];
const decided = {
  summary: 'Failed on local, chosen by fifo: no',
  holds: [],
  counts: null,
  decision: {
    at: now,
    details: { worker_pool: 'local', algorithm: 'fifo', attempt: 2, epoch: 1, region: 'us-east', cost_per_unit: 0.5, score: 1.25 },
    why: {
      parts: null,
      ...{ ring: 'any' as const, spilled: true, room: 'free' as const, deadline_at_risk: false, considered: 3, full: 1, out: { type: 2 } },
      compared: {
        ...{ by: 'score', unit: 'weighted sum', total: 0.8, runner_up: { pool: 'a<b>', total: 0.95 }, margin: 0.15 },
        terms: [
          { name: 'price', unit: 'share', weight: 1, value: 0.6, runner_up: 0.5, flips: { when: 'above', weight: 2.5 } },
          { name: 'load', unit: 'share', weight: 0.5, value: null, runner_up: 0.9, flips: null },
        ],
      },
    },
  },
  forecast: null,
  max_wait: null,
  unblock: [],
};
const family = { on_parent_failure: null, parents: [], children: [], more_children: false };
const relatives = {
  on_parent_failure: 'skip',
  parents: [
    { task: '01990000-0000-7000-8000-000000000001', name: 'te<x>t', type: 'order', status: 'completed' },
    { task: '01990000-0000-7000-8000-000000000002', name: '01990000-0000-7000-8000-000000000002', type: null, status: 'gone' },
  ],
  children: [{ task: '01990000-0000-7000-8000-000000000003', name: 'in', type: 'query', status: 'delayed' }],
  more_children: true,
};
const taskModel = {
  task,
  family,
  attempts: [],
  log: [given.aLogEntry()],
  explanation,
  pools: given.demoPools(),
  poolTotal: 9,
  tab: 'summary',
  part: 0,
  origin,
  now,
  isBundle: false,
  output: null,
  files: null,
} as const;
const progress = { ratio: 0.5, note: 'row <5> of 10', at: task.enqueued_at };
const halfWay = given.aFullTask({ seq: 10, status: 'processing', attempt: 1, progress });
const inParts = [
  { pool: 'near', parts: 2, total: 0.5 },
  { pool: '<far>', parts: 1, total: null },
];
const bundle = { ...taskModel, isBundle: true, task: given.aFullTask({ seq: 10, type: 'bundle', status: 'processing', attempt: 1 }) };
const tailOf = (text: string, kept = text.length, bytes = kept) => ({ text, from: kept - text.length, kept, bytes });
const printed = {
  ...{ attempt: 1, part: 0, partial: true, stdout: tailOf('\n\u001b[32mok\u001b[0m <b>\r\n50 %\r100 %\n'), stderr: tailOf('') },
};
const left = {
  ...{ attempt: 2, partial: false, bytes: 1_536, total: 2, skipped: [] },
  files: [
    { path: 'd/a <b>.txt', bytes: 1_024, url: '/api/v1/tasks/x/files/d/a%20%3Cb%3E.txt?attempt=2' },
    { path: 'run.sh', bytes: 512, url: '/api/v1/tasks/x/files/run.sh?attempt=2' },
  ],
};
const log = {
  entries: [
    given.aLogEntry(),
    given.aLogEntry({ id: '81232', task_id: 'system', event_type: 'algorithm_switched', details: { to: 'fifo', n: 1 } }),
  ],
  total: 2,
  totalIsCapped: false,
  filter: { event_type: '', task_id: '' },
  nextCursor: null,
  isFirstPage: true,
  eventTypes: ['created'],
  origin,
};
const simulate = {
  form: { values: {} },
  regions: ['us-east'],
  simulation: given.run,
  plan: { counts: [1, 5, 2], lengthMs: 30_000 },
  origin,
  now,
};
/** Would wait now, and start at once under another strategy. */
const preview = {
  ...{ strategy: 'fifo', starts_now: false, infeasible: false, summary: 'It would wait: The one pool that could run it is full.' },
  ...{ holds: explanation.holds, pool: null, cost: { least: 0.5, most: 2 }, forecast: explanation.forecast, refusal: null },
  strategies: [
    { algorithm: 'fifo', starts_now: false, infeasible: false, summary: '', holds: [], pool: null, cost: null, forecast: null },
    {
      ...{ algorithm: 'min_cost', starts_now: true, infeasible: false, summary: '', holds: [], pool: 'local' },
      ...{ cost: { least: 0.5, most: 0.5 }, forecast: { start_ms: [0, 0], when: 'now', basis: 'there is room now' } },
    },
  ],
};
const hopeless = {
  infeasible: true,
  summary: 'It could never start as it is: no pool is so large.',
  cost: null,
  forecast: null,
  strategies: [],
};

const replays = {
  form: { values: {} },
  algorithms: given.algorithms,
  replays: [
    given.aReplay({ status: 'running' }),
    given.aReplay({ id: given.anId(2), status: 'failed', source: { kind: 'generated', name: 'spike', processors: null } }),
  ],
  origin,
  now,
};
const replay = { replay: given.aReplay({ result: given.aReplayResult() }), epoch: given.epoch, origin, now };
const noQuota = { tenant: null, type: null, pool: null, guaranteed: null, borrowed: null, waiting: null, until: null };
const quotas = [
  {
    ...{ ...noQuota, scope: 'tenant', tenant: 'acme', limit: 'max_running', unit: 'attempts', used: 3, most: 3 },
    ...{ guaranteed: 1, borrowed: 2, waiting: 12 },
  },
  { ...noQuota, scope: 'tenant', tenant: 'acme', limit: 'spend', unit: 'money', used: 1.25, most: 50, waiting: 0, until: now },
  { ...noQuota, scope: 'pool', pool: 'local', limit: 'capacity', unit: 'slots', used: 0, most: 0, waiting: 3 },
];

const aKey = {
  ...{ prefix: 'k3xq7pmzab', name: 'me', role: 'admin', tenant: null, pool: null, expires_at: null },
  ...{ created_at: now, created_by: 'dashboard', last_used_at: now },
};
const keysModel = {
  keys: [
    aKey,
    { ...aKey, name: 'ci', role: 'submit', tenant: '<acme>', expires_at: '2099-01-01T00:00:00.000Z' },
    { ...aKey, name: 'gpu-box', role: 'node', pool: 'far', last_used_at: null },
    { ...aKey, name: 'old', role: 'read', expires_at: '2020-01-01T00:00:00.000Z' },
  ],
  ...{ made: null, keyless: null, isOff: false, form: { values: {} }, pools: ['far'], origin, now },
};
const algorithmsModel = {
  algorithms: given.algorithms,
  epoch: given.epoch,
  epochs: [given.epoch, { ...given.epoch, epoch: 0, algorithm: 'min_cost+<b>', params: { order: { a: '<b>' }, place: {} }, reason: '<b>' }],
  ...{ origin, now },
};
const still = { phase: 'still', at: now, retryInS: 0, held: 0, refresh: 0, path: '/' } as const;

const nine = { total: 9, region: '', regions: ['us-east', 'eu-west'], page: 1, pageSize: 200, origin };

export const cases: readonly ViewCase[] = [
  viewCase('under load', 'overview', overviewScreen, overview),
  viewCase('empty', 'overview', overviewScreen, {
    ...overview,
    tasks: [],
    history: [],
    simulation: null,
    pools: [],
    stats: given.someStats({ tasks_processed: 0, tasks_completed: 0, tasks_failed: 0, tasks_by_status: {} }),
  }),
  viewCase('nine pools', 'pool', poolsScreen, { ...nine, pools: given.demoPools() }),
  viewCase('a page of many pools', 'pool', poolsScreen, {
    ...nine,
    pools: given.demoPools(),
    total: 450,
    region: 'us-east',
    page: 2,
    pageSize: 200,
  }),
  viewCase('of a region that cannot be', 'pool', poolsScreen, {
    ...nine,
    ...{ pools: [], total: 0, region: '<x>', problem: filterProblem('region', 'page') },
  }),
  viewCase('of nodes', 'pool', poolScreen, {
    pool: given.aPool({ executor: 'node', capacity: 12, current_load: 5 }),
    tasks: [],
    nodes: [
      given.aNode(),
      given.aNode({ id: 'b', state: 'draining', slots_used: 0 }),
      given.aNode({ id: 'c', state: 'draining' }),
      given.aNode({ id: 'd', state: 'silent', agent: null }),
      given.aNode({ id: 'e', state: 'lost', last_error: 'boom: <b>"no"</b>' }),
    ],
    form: { values: {} },
    origin,
    now,
  }),
  viewCase('without nodes yet', 'pool', poolScreen, {
    pool: given.aPool({ executor: 'node', capacity: 0, current_load: 0 }),
    tasks: [],
    nodes: [],
    form: { values: {} },
    origin,
    now,
  }),
  viewCase('drained', 'pool', poolScreen, {
    pool: given.aPool({ state: 'draining', current_load: 0 }),
    tasks: [],
    nodes: null,
    form: { values: {} },
    origin,
    now,
  }),
  viewCase('left alone', 'pool', poolScreen, {
    pool: given.aPool({ cooling: { failures: 5, for_ms: 30_000 }, cools_until: '2026-01-05T09:00:25.000Z', current_load: 0 }),
    tasks: [],
    nodes: null,
    form: { values: {} },
    origin,
    now,
  }),
  viewCase('refused change', 'pool', poolScreen, {
    pool: given.aPool({ capacity: 200, current_load: 190, labels: { gpu_memory_gb: 80, note: '<b>, "c"' } }),
    tasks: given.recentTasks(),
    nodes: null,
    form: { values: { capacity: '-1' }, problem },
    origin,
    now,
  }),
  viewCase('ten rows', 'tasks', tasksScreen, list),
  viewCase('nothing matches', 'tasks', tasksScreen, { ...list, tasks: [], filter: { ...filter, status: ['failed'], type: 'gone' } }),
  viewCase('never a task', 'tasks', tasksScreen, { ...list, tasks: [] }),
  viewCase('a filter that cannot be', 'tasks', tasksScreen, {
    ...list,
    tasks: [],
    filter: { ...filter, priority_gte: '<no>', parts_gte: '99', created_after: 'soon', cursor: 'x' },
    problem: filterProblem('status', 'priority_gte', 'parts_gte', 'colour', 'cursor'),
  }),
  viewCase('asked', 'operation', bulkScreen, bulk),
  viewCase('nothing to do', 'operation', bulkScreen, { ...bulk, action: 'retry', matched: 0, isCapped: false }),
  viewCase('not to be done', 'operation', bulkScreen, { ...bulk, matched: 0, refusal: 'status must be <some> of' }),
  viewCase('half way', 'operation', operationScreen, { operation, origin, now }),
  viewCase('stopped', 'operation', operationScreen, {
    operation: { ...operation, status: 'stopped', ended_at: now, reason: '<no>' },
    ...{ origin, now },
  }),
  viewCase('waiting', 'task', taskScreen, taskModel),
  viewCase('half way', 'task', taskScreen, { ...taskModel, task: halfWay }),
  viewCase('with relatives', 'task', taskScreen, { ...taskModel, family: relatives }),
  viewCase('explained', 'task', taskScreen, { ...taskModel, tab: 'explain' }),
  viewCase('asks for much', 'task', taskScreen, { ...taskModel, task: picky }),
  viewCase('asks for much, explained', 'task', taskScreen, { ...taskModel, task: picky, tab: 'explain' }),
  viewCase('events', 'task', taskScreen, { ...taskModel, tab: 'events' }),
  viewCase('as JSON', 'task', taskScreen, { ...taskModel, tab: 'json' }),
  viewCase('failed twice', 'task', taskScreen, { ...taskModel, task: placed, attempts, explanation: decided }),
  viewCase('printing', 'task', taskScreen, { ...bundle, tab: 'output', output: printed }),
  viewCase('printed more than is kept', 'task', taskScreen, {
    ...{ ...bundle, task: placed, tab: 'output' },
    output: { ...printed, partial: false, stdout: tailOf('end\n', 1_048_576, 5e9), stderr: tailOf('') },
  }),
  viewCase('in parts on nodes', 'task', taskScreen, {
    ...taskModel,
    task: { ...placed, parts: 3, placements: ['a', 'b', 'a'], placement_nodes: ['n1', null, 'n1'] },
  }),
  viewCase('printing in three parts', 'task', taskScreen, {
    ...{ ...bundle, tab: 'output', part: 2, output: { ...printed, part: 2 } },
    task: { ...bundle.task, parts: 3, placements: ['a', 'a', 'b'] },
  }),
  viewCase('to print', 'task', taskScreen, { ...bundle, tab: 'output', task: { ...task, type: 'bundle' } }),
  viewCase('beginning', 'task', taskScreen, { ...bundle, tab: 'output' }),
  viewCase('left files', 'task', taskScreen, { ...bundle, task: placed, tab: 'files', files: left }),
  viewCase('left many and more', 'task', taskScreen, {
    ...{ ...bundle, tab: 'files' },
    files: { ...left, partial: true, total: 9_000, bytes: 3e9, skipped: [{ path: 'l<i>nk', reason: 'a symbolic link' }] },
  }),
  viewCase('left nothing', 'task', taskScreen, {
    ...bundle,
    task: placed,
    tab: 'files',
    files: { ...left, files: [], total: 0, bytes: 0 },
  }),
  viewCase('files removed', 'task', taskScreen, { ...bundle, task: placed, tab: 'files' }),
  viewCase('never ran', 'task', taskScreen, { ...bundle, task: { ...placed, attempt: 0 }, tab: 'files' }),
  viewCase('no bundle', 'task', taskScreen, { ...taskModel, tab: 'files' }),
  viewCase('placed in parts', 'explain', explainPart, {
    ...{ task: placed, pools: [], poolTotal: 0 },
    explanation: { ...decided, decision: { ...decided.decision, why: { ...decided.decision.why, parts: inParts } } },
  }),
  viewCase('placed', 'explain', explainPart, { task: placed, explanation: decided, pools: [], poolTotal: 0 }),
  viewCase('fresh', 'task-form', taskFormScreen, overview.taskForm),
  viewCase('refused', 'task-form', taskFormScreen, {
    ...overview.taskForm,
    form: { values: { type: 'unknown', priority: '15', region: 'any' }, problem },
  }),
  viewCase('previewed', 'task-form', taskFormScreen, { ...overview.taskForm, preview }),
  viewCase('previewed, could never run', 'preview', previewPart, {
    ...preview,
    ...hopeless,
    refusal: { code: 'unroutable', detail: 'Fewer slots.' },
  }),
  viewCase('three limits of four', 'quotas', quotasScreen, { quotas, total: 4, origin }),
  viewCase('nothing waits', 'quotas', quotasScreen, { quotas: quotas.slice(1), total: 2, origin }),
  viewCase('no key yet', 'keys', keysScreen, { ...keysModel, keys: [] }),
  viewCase('four keys', 'keys', keysScreen, keysModel),
  viewCase('one just made, for nodes', 'keys', keysScreen, { ...keysModel, made: { name: 'gpu-box', role: 'node', key: 'trx_a_<b>' } }),
  viewCase('a refused one', 'keys', keysScreen, {
    ...keysModel,
    isOff: true,
    form: { values: { name: '<b>', role: 'submit' }, problem: { ...problem, errors: [{ path: '/body/role', message: 'must be admin' }] } },
  }),
  viewCase('four of them', 'algorithms', algorithmsScreen, algorithmsModel),
  viewCase('refused switch', 'algorithms', algorithmsScreen, {
    ...algorithmsModel,
    problem,
    values: { algorithm: 'priority', 'param.age_step_ms': '-1' },
  }),
  viewCase('a combination, its overtaking refused', 'algorithms', algorithmsScreen, {
    ...algorithmsModel,
    epoch: {
      ...given.epoch,
      algorithm: 'wfp3+power_of_two',
      params: { order: { refresh_ms: 1_000 }, place: {}, overtaking: { strict: 'none' } },
    },
    problem: { ...problem, errors: [{ path: '/body/params/overtaking/strict', message: 'must be a word' }] },
    values: { algorithm: 'wfp3+power_of_two', form: 'overtaking', 'param.overtaking.strict': '<b>' },
  }),
  viewCase('of one tenant', 'algorithms', algorithmsScreen, { ...algorithmsModel, epochs: [] }),
  viewCase('picker', 'algorithm-picker', algorithmPicker, { ...algorithmsModel, overtaking: overview.overtaking }),
  viewCase('picker, refused', 'algorithm-picker', algorithmPicker, { ...algorithmsModel, overtaking: overview.overtaking, problem }),
  viewCase('running', 'simulate', simulateScreen, simulate),
  viewCase('stopped, refused', 'simulate', simulateScreen, {
    ...simulate,
    simulation: { ...given.run, status: 'stopped', end_time: now },
    plan: null,
    form: { values: { task_count: '0' }, problem },
  }),
  viewCase('one running', 'replays', replaysScreen, replays),
  viewCase('none yet, refused', 'replays', replaysScreen, {
    ...replays,
    replays: [],
    form: {
      values: { last: 'other', from: '2026-11-21T20:00', pools: 'x capacity=<b>', 'try.fifo': 'on' },
      problem: { ...problem, errors: [{ path: '/body/window/from', message: 'must be before `to`' }] },
    },
  }),
  viewCase('running', 'replay', replayScreen, { ...replay, replay: given.aReplay({ status: 'running', ended_at: null }) }),
  viewCase('cancelled', 'replay', replayScreen, { ...replay, replay: given.aReplay({ status: 'cancelled', error: 'it was cancelled' }) }),
  viewCase('done', 'replay', replayScreen, replay),
  viewCase('not to be trusted', 'replay', replayScreen, {
    ...replay,
    replay: given.aReplay({ result: given.aReplayResult({ fidelity: given.poorFidelity }) }),
  }),
  viewCase('nothing to compare with', 'replay', replayScreen, {
    ...replay,
    replay: given.aReplay({ result: given.aReplayResult({ fidelity: null, as_run: null, cards: [given.aCard({ differences: null })] }) }),
  }),
  viewCase('of a trace', 'replay', replayScreen, {
    ...replay,
    replay: given.aReplay({
      source: { kind: 'trace', name: '<log>.swf', processors: 128 },
      result: given.aReplayResult({ fidelity: null, actual: null, as_run: null }),
    }),
  }),
  viewCase('asked', 'replay', activationScreen, { ...replay, card: 1, algorithm: 'min_cost', changes: [] }),
  viewCase('asked, with changes', 'replay', activationScreen, {
    ...{ ...replay, card: 1, algorithm: 'min_cost' },
    changes: [
      { name: 'strict', from: '<b>', to: 'shape' },
      { name: 'reserve', from: 'true', to: 'false' },
    ],
  }),
  viewCase('someone was faster', 'replay', activationScreen, { ...replay, card: 1, algorithm: 'min_cost', changes: [], problem }),
  viewCase('two entries', 'log', logScreen, log),
  viewCase('of an event that cannot be', 'log', logScreen, {
    ...log,
    ...{ entries: [], filter: { event_type: '<x>', task_id: '' }, problem: filterProblem('event_type', 'colour') },
  }),
  viewCase('filtered to nothing', 'log', logScreen, { ...log, entries: [], filter: { event_type: 'created', task_id: 'x' } }),
  viewCase('signing in', 'sign-in', signInScreen, { back: '/tasks?status=queued' }),
  viewCase('signing in with a wrong key', 'sign-in', signInScreen, { back: '/', problem: 'This key opens nothing here.' }),
  viewCase('nothing found', 'search', searchScreen, { text: '<b>', near: [{ to: '/pools/x', label: 'pool <x>' }] }),
  viewCase('nothing like it', 'search', searchScreen, { text: 'x', near: [] }),
  viewCase('nowhere', 'lost', lostScreen, {
    ...{ path: '/<nope>', isAction: false, way: { to: '/', label: 'Overview' } },
    links: [
      { to: '/pools', label: 'Pools', says: 'machines are there' },
      { to: '/docs', label: 'API', says: '' },
    ],
  }),
  viewCase('where a form goes', 'lost', lostScreen, { path: '/x', isAction: true, links: [], way: { to: '/login', label: 'Sign in' } }),
  viewCase('a problem', 'states', errorScreen, { problem, path: '/tasks', links: [{ to: '/', label: 'Overview' }] }),
  viewCase('not there', 'states', errorScreen, {
    ...{ problem: { ...problem, status: 404 }, path: '/tasks/x' },
    links: [
      { to: '/tasks', label: 'All tasks' },
      { to: '/', label: 'Overview' },
    ],
  }),
  viewCase('two notices', 'states', doctorStrip, [{ text: 'The disk is full.' }, { text: '3 tasks wait.', to: '/tasks', label: 'Show' }]),
  ...(['still', 'connecting', 'live', 'paused', 'reconnecting', 'polling'] as const).map((phase) =>
    viewCase(phase, 'live', liveness, {
      ...still,
      phase,
      retryInS: 3,
      held: 4,
      refresh: phase === 'still' ? 10 : 0,
      path: '/tasks?refresh=10',
    }),
  ),
];
