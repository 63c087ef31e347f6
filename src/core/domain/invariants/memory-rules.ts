import { holds } from '../constraint.ts';
import { priceOf } from '../cost.ts';
import { labelsOf } from '../label.ts';
import type { Pool } from '../pool.ts';
import { poolsOfParts, type Task } from '../task.ts';
import { isTerminal, taskStatuses } from '../task-status.ts';
import type { Tenant } from '../tenant.ts';
import type { Seq } from '../units.ts';
import type { EngineSnapshot, World } from '../world.ts';
import type { Finding, Rule } from './rule.ts';

/** What must hold between the engine's memory and the rows, read between two turns. */
export const memoryRules: readonly Rule[] = [
  { id: 'I4', check: whenReady(loadIsWhatRuns) },
  { id: 'I11', check: whenReady(memoryIsTheRows) },
  { id: 'I6', check: whenReady(waitingIsCounted) },
  { id: 'L2', check: whenReady(nothingOfAnOlderStartRuns) },
  { id: 'L1', check: ({ rows, atRest }) => (atRest ? rows.tasks.filter((task) => !isTerminal(task.status)).map(unfinished) : undefined) },
  {
    id: 'L3',
    check: ({ rows, memory }) => (memory?.ready === true && memory.idle === true ? nobodyWaitsForNothing(memory, rows) : undefined),
  },
];

function whenReady(check: (memory: EngineSnapshot, world: World) => readonly Finding[]): Rule['check'] {
  return (world) => (world.memory?.ready === true ? check(world.memory, world) : undefined);
}

/**
 * Load = slots of processing tasks, plus those of decisions whose COMMIT is out. That capacity is respected is judged where each task
 * starts (walk rules): a capacity may be lowered under what runs.
 */
function loadIsWhatRuns(memory: EngineSnapshot, { rows, atRest }: World): readonly Finding[] {
  const slots = new Map<string, number>();
  for (const task of rows.tasks) {
    if (task.status !== 'processing') continue;
    for (const pool of poolsOfParts(task)) slots.set(pool, (slots.get(pool) ?? 0) + task.slots);
  }
  const found: Finding[] = [];
  for (const { name, load } of memory.pools) {
    const expected = slots.get(name) ?? 0;
    slots.delete(name);
    if (load < expected || (load > expected && memory.deciding === 0))
      found.push({ message: `pool ${name} has load ${load} and its processing tasks take ${expected}` });
    if (atRest && load !== 0) found.push({ message: `pool ${name} has load ${load} at rest` });
  }
  for (const [name, taken] of slots) found.push({ message: `${taken} slots are in use in pool ${name}, which does not exist` });
  return found;
}

function memoryIsTheRows(memory: EngineSnapshot, { rows }: World): readonly Finding[] {
  const waiting = new Set(memory.order);
  const running = new Set(memory.running);
  const found: Finding[] = [];
  let queued = 0;
  for (const task of rows.tasks) {
    if (task.status === 'queued') queued++;
    const message = misplaced(task, waiting, running, memory);
    if (message !== undefined) found.push({ seq: task.seq, message });
    waiting.delete(task.seq);
    running.delete(task.seq);
  }
  for (const seq of waiting) found.push({ seq, message: 'waits in memory and is no task' });
  for (const seq of running) found.push({ seq, message: 'runs in memory and is no task' });
  const missing = queued - memory.order.length;
  if (missing > memory.deciding)
    found.push({ message: `${missing} queued tasks are not in memory and ${memory.deciding} are being decided` });
  return [...found, ...sameOrder(memory), ...countersAgree(rows)];
}

function misplaced(task: Task, waiting: ReadonlySet<Seq>, running: ReadonlySet<Seq>, memory: EngineSnapshot): string | undefined {
  if (waiting.has(task.seq) && task.status !== 'queued') return `waits in memory and is ${task.status}`;
  if (running.has(task.seq) && task.status !== 'processing') return `runs in memory and is ${task.status}`;
  if (task.status === 'queued' && !waiting.has(task.seq) && memory.deciding === 0) return 'is queued and does not wait in memory';
  if (task.status === 'processing' && !running.has(task.seq)) return 'is processing and does not run in memory';
  return undefined;
}

function sameOrder({ order, rebuilt }: EngineSnapshot): readonly Finding[] {
  if (rebuilt === undefined || (rebuilt.length === order.length && rebuilt.every((seq, i) => seq === order[i]))) return [];
  const at = order.findIndex((seq, i) => seq !== rebuilt[i]);
  return [{ message: `the live queue has ${order[at]} in place ${at} of ${order.length}, one built from the rows has ${rebuilt[at]}` }];
}

function countersAgree(rows: World['rows']): readonly Finding[] {
  const { byStatus } = rows;
  if (byStatus === undefined) return [];
  const found: Finding[] = [];
  for (const status of taskStatuses) {
    const count = rows.tasks.reduce((sum, task) => sum + (task.status === status ? 1 : 0), 0);
    if (byStatus[status] !== count) found.push({ message: `the counter of ${status} says ${byStatus[status]} and there are ${count}` });
  }
  return found;
}

/** What depth limits count: waiting tasks, and those whose COMMIT into or out of the queue is still out. */
function waitingIsCounted({ waiting, submitting, deciding }: EngineSnapshot, { rows }: World): readonly Finding[] {
  const found: Finding[] = [];
  for (const kind of ['tenant', 'type'] as const) {
    const counts = new Map<string, number>();
    for (const task of rows.tasks)
      if (task.status === 'queued' || task.status === 'delayed') counts.set(task[kind], (counts.get(task[kind]) ?? 0) + 1);
    for (const name of new Set([...counts.keys(), ...waiting[kind].keys()])) {
      const [counted, expected] = [waiting[kind].get(name) ?? 0, counts.get(name) ?? 0];
      if (counted < expected || counted > expected + submitting + deciding)
        found.push({ message: `${counted} tasks of ${kind} ${name} are counted as waiting, and ${expected} wait` });
    }
  }
  return found;
}

/** Local attempts end with their server: once a new one is ready, each has been settled. Those on nodes live on. */
function nothingOfAnOlderStartRuns(_memory: EngineSnapshot, { rows }: World): readonly Finding[] {
  return rows.attempts
    .filter((attempt) => attempt.endedAt === null && attempt.nodeId === null && attempt.serverEpoch !== rows.serverEpoch)
    .map((attempt) => ({
      seq: attempt.taskSeq,
      message: `attempt ${attempt.attempt} of server start ${attempt.serverEpoch} is still open in start ${rows.serverEpoch}`,
    }));
}

function unfinished(task: Task): Finding {
  return { seq: task.seq, message: `is ${task.status} though everything had time to end` };
}

/**
 * No strategy leaves a task waiting by mistake while a pool of its home regions (any pool, if it names none) has room for it and no limit holds it.
 * This is what a wake-up that was forgotten looks like.
 */
function nobodyWaitsForNothing({ kept }: EngineSnapshot, rows: World['rows']): readonly Finding[] {
  const running = rows.tasks.filter((task) => task.status === 'processing');
  const count = (counts: (task: Task) => boolean) => running.filter(counts).length;
  const partsIn = (pool: string, task: Task) => poolsOfParts(task).filter((name) => name === pool).length;
  const load = (pool: string) => running.reduce((sum, task) => sum + partsIn(pool, task) * task.slots, 0);
  const roomFor = (task: Task) => (pool: Pool) => {
    if (!couldTake(pool, task)) return 0;
    const cap = pool.typeLimits[task.type] ?? Number.POSITIVE_INFINITY;
    const ofType = running.reduce((sum, other) => sum + (other.type === task.type ? partsIn(pool.name, other) : 0), 0);
    return Math.max(0, Math.min(Math.floor((pool.capacity - load(pool.name)) / task.slots), cap - ofType));
  };
  const found: Finding[] = [];
  for (const task of rows.tasks) {
    if (task.status !== 'queued' || kept.has(task.seq)) continue;
    const type = rows.types.find((known) => known.name === task.type);
    const tenant = rows.tenants.find((known) => known.name === task.tenant);
    const { limitTotal = null } = type ?? {};
    const limitPerTenant = tenant?.typeLimits[task.type] ?? type?.limitPerTenant ?? null;
    if (limitTotal !== null && count((other) => other.type === task.type) >= limitTotal) continue;
    if (limitPerTenant !== null && count((other) => other.type === task.type && other.tenant === task.tenant) >= limitPerTenant) continue;
    if (count((other) => other.tenant === task.tenant) >= mostRunning(tenant)) continue;
    if (tenant?.spend != null) continue; // what it has spent is not in these rows
    const room = rows.pools.map(roomFor(task)).reduce((sum, parts) => sum + parts, 0);
    if (room >= task.parts)
      found.push({ seq: task.seq, message: `waits though pools have room for ${room} of its kind and it has ${task.parts} parts` });
  }
  return found;
}

function mostRunning(tenant: Tenant | undefined): number {
  const { maxRunning = null, guaranteed = 0, borrow = null } = tenant ?? {};
  return Math.min(maxRunning ?? Number.POSITIVE_INFINITY, borrow === null ? Number.POSITIVE_INFINITY : guaranteed + borrow);
}

function couldTake(pool: Pool, task: Task): boolean {
  const homes = task.regions ?? (task.region === null ? [] : [task.region]);
  const labels = labelsOf(pool);
  return (
    pool.state === 'active' &&
    pool.cooling === null && // it may be cooling, which is not in its row
    (pool.types.includes('*') || pool.types.includes(task.type)) &&
    (homes.length === 0 || homes.includes(pool.region)) &&
    (task.resourceType === null || pool.resourceType === task.resourceType) &&
    (task.constraints ?? []).every((constraint) => holds(constraint, labels.get(constraint.label))) &&
    (task.maxCost === null || priceOf(task.cost, pool.costPerUnit) <= task.maxCost)
  );
}
