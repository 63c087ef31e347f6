import { holds } from '../../src/core/domain/constraint.ts';
import { labelsOf } from '../../src/core/domain/label.ts';
import type { PoolSpec } from '../../src/core/domain/pool.ts';
import type { Task } from '../../src/core/domain/task.ts';
import type { TaskInput } from '../../src/core/domain/task-input.ts';
import { isTerminal } from '../../src/core/domain/task-status.ts';
import type { TaskId } from '../../src/core/domain/units.ts';
import type { BatchInput, BatchItem, Caller, SubmitOptions } from '../../src/core/engine/engine.ts';
import type { SeededRandom } from '../../src/core/replay/seeded-random.ts';
import { constraintsOf } from '../helpers/scheduling.ts';
import { catalogue, regions, tenants } from './catalogue.ts';
import { chance, exponential, oneOf, uniform } from './draws.ts';
import { createKin } from './kin.ts';
import { perform, repeat, type Stage } from './stage.ts';

export interface Clients {
  /** Requests whose outcome is not known yet and will be asked for again. */
  readonly unknown: number;
  /** Many requests and cancels at this very moment. */
  rush(): void;
  /** From now on, cancels what waits for a pool that the catalogue does not have. */
  giveUpHopeless(): void;
}

const caller: Caller = { name: 'client', tenant: undefined };

/** Codes that are no fault of the server for a drawn task. */
const refusals = ['unroutable', 'validation_failed', 'unknown_reference', 'quota_exceeded', 'rate_limited'];

type Keyed = TaskInput & { readonly idempotency: { readonly key: string; readonly fingerprint: string } };

/**
 * Who submits, cancels, retries and waits. A request without an answer is sent again with its key until it has one, as good clients do;
 * one that was sent without a key stays unknown.
 */
export function createClients(stage: Stage): Clients {
  const { clock, knobs, recorder } = stage;
  const random = stage.random('clients');
  const where = random.fork('where');
  const gangs = random.fork('gangs');
  const kin = createKin(random.fork('kin'));
  const sent: Keyed[] = [];
  let made = 0;
  let keys = 0;
  let unknown = 0;

  repeat(stage, random.fork('submit'), knobs.submitEveryMs, submitSome);
  if (stage.has('cancels')) {
    repeat(stage, random.fork('cancel'), 2_000, () => cancel(recent()));
    repeat(stage, random.fork('storm'), 20_000, async () => {
      await Promise.all(Array.from({ length: 20 }, () => cancel(recent())));
    });
  }
  if (stage.has('retries')) repeat(stage, random.fork('retry'), 2_000, () => retry(recent()));
  repeat(stage, random.fork('wait'), 8_000, () => waitFor(recent()));

  async function submitSome(): Promise<void> {
    if (made >= knobs.maxTasks) return;
    const kind = random.next();
    if (kind < 0.2) return submitBatch();
    if (kind < 0.4) return submitOne(anInput());
    // Somebody forgot what was answered, or never knew.
    if (kind < 0.45 && sent.length > 0) return submitOne(oneOf(random, sent.slice(-20)));
    const keyed = withKey(anInput());
    if (kind < 0.5) await Promise.all([submitOne(keyed), submitOne(keyed)]);
    else if (kind < 0.55) await Promise.all([submitOne(keyed), submitOne(withKey(anInput(), keyed.idempotency.key))]);
    else await submitOne(keyed);
  }

  function anInput(): TaskInput {
    made++;
    const drawn = drawInput(random, clock.now());
    const input = stage.has('gangs') && chance(gangs, 0.2) ? { ...drawn, parts: uniform(gangs, 2, 5) } : drawn;
    const placed = stage.has('labels') ? { ...input, ...drawWhere(where) } : input;
    return stage.has('dependencies') ? kin.child(placed) : placed;
  }

  function withKey(input: TaskInput, key = `key ${++keys}`): Keyed {
    const keyed = { ...input, metadata: { key }, idempotency: { key, fingerprint: JSON.stringify(input) } };
    sent.push(keyed);
    return keyed;
  }

  async function submitOne(input: TaskInput & SubmitOptions): Promise<void> {
    const { idempotency = null, ...task } = input;
    const at = clock.now();
    const answer = await stage.ask([...refusals, 'idempotency_key_reused'], (engine) =>
      engine.submit(task, caller, idempotency === null ? {} : { idempotency }),
    );
    const { tenant = 'default' } = input;
    const exchange = { kind: 'submit', tenant, idempotency, at } as const;
    if (answer.kind === 'ok') {
      recorder.exchange({ ...exchange, answer: { id: answer.value.task.id } });
      kin.accepted(answer.value.task);
    } else if (answer.kind === 'refused') recorder.exchange({ ...exchange, answer: { refused: answer.code } });
    else {
      recorder.exchange({ ...exchange, answer: 'unknown' });
      if (idempotency !== null) askAgain(input as Keyed);
    }
  }

  function askAgain(input: Keyed): void {
    unknown++;
    recorder.probe('unknown asked again');
    clock.after(exponential(random, 1_000), () => {
      unknown--;
      perform(stage, () => submitOne(input));
    });
  }

  async function submitBatch(): Promise<void> {
    const size = uniform(random, 1, knobs.largestBatch + 1);
    const drawn: BatchInput[] = Array.from({ length: size }, () => (chance(random, 0.5) ? withKey(anInput()) : anInput()));
    const items = stage.has('dependencies') ? kin.related(drawn) : drawn;
    const bad = chance(random, 0.3) ? uniform(random, 0, size) : -1;
    if (bad >= 0) items[bad] = { type: 'nobody knows this' };
    const atomic = chance(random, 0.3);
    const at = clock.now();
    const answer = await stage.ask(refusals, (engine) => engine.submitBatch(items, caller, { atomic }));
    if (answer.kind === 'ok' && answer.value.length !== size) stage.problem('answer', `${size} items got ${answer.value.length} answers`);
    if (answer.kind === 'ok' && atomic && bad >= 0) stage.problem('answer', 'an atomic batch with a bad item was accepted');
    for (const [i, item] of items.entries()) note(item, at, answer.kind === 'ok' ? answer.value[i] : answer.kind, i === bad);
  }

  function note(input: TaskInput & SubmitOptions, at: number, item: BatchItem | undefined | 'refused' | 'unknown', isBad: boolean): void {
    const exchange = { kind: 'submit', tenant: input.tenant ?? 'default', idempotency: input.idempotency ?? null, at } as const;
    if (item === 'unknown') {
      recorder.exchange({ ...exchange, answer: 'unknown' });
      if (input.idempotency !== undefined) askAgain(input as Keyed);
    } else if (item === undefined || item === 'refused' || 'error' in item) {
      recorder.exchange({ ...exchange, answer: { refused: 'refused' } });
      if (isBad) recorder.probe('bad item refused alone');
    } else {
      if (isBad) stage.problem('answer', 'an item of unknown type was accepted');
      recorder.exchange({ ...exchange, answer: { id: item.task.id } });
      kin.accepted(item.task);
      if (item.task.dependsOn !== null) recorder.probe('accepted with parents');
    }
  }

  function recent(): TaskId | undefined {
    const { known } = recorder;
    return known.length === 0 ? undefined : known[Math.max(0, known.length - 1 - uniform(random, 0, 40))];
  }

  async function cancel(id: TaskId | undefined): Promise<void> {
    if (id === undefined) return;
    const answer = await stage.ask(['wrong_status', 'not_found'], (engine) => engine.cancel(id, caller));
    if (answer.kind === 'ok') recorder.exchange({ kind: 'cancel', id, answer: answer.value });
    else if (answer.kind === 'unknown') recorder.exchange({ kind: 'cancel', id, answer: 'unknown' });
    else recorder.exchange({ kind: 'cancel', id, answer: answer.code === 'wrong_status' ? 'ended' : { refused: answer.code } });
    if (answer.kind === 'ok') recorder.probe(`cancel ${answer.value}`);
  }

  async function retry(id: TaskId | undefined): Promise<void> {
    if (id === undefined) return;
    recorder.forceDue(id);
    const at = clock.now();
    const answer = await stage.ask(['wrong_status', 'not_found', ...refusals], (engine) => engine.retry(id, caller));
    if (answer.kind !== 'ok') return;
    const { task, created } = answer.value;
    recorder.probe(created ? 'retried as a new task' : 'made due at once');
    if (created) recorder.exchange({ kind: 'submit', tenant: task.tenant, idempotency: null, at, answer: { id: task.id } });
    else if (task.id !== id) stage.problem('answer', `retrying ${id} answered ${task.id}`);
  }

  async function waitFor(id: TaskId | undefined): Promise<void> {
    if (id === undefined) return;
    const startedMs = clock.monotonicMs();
    const answer = await stage.ask([], (engine) => engine.waitFor(id, 5_000, caller));
    if (answer.kind !== 'ok' || answer.value === undefined) return;
    const isEarly = clock.monotonicMs() - startedMs < 4_999;
    if (isEarly && !isTerminal(answer.value.status)) stage.problem('answer', `a wait ended early with ${id} ${answer.value.status}`);
  }

  function rush(): void {
    for (let i = 0; i < 4; i++) perform(stage, submitSome);
    if (stage.has('cancels')) perform(stage, () => cancel(recent()));
  }

  /** Tasks that were accepted for pools of another time: dearer, or removed. */
  function giveUpHopeless(): void {
    perform(stage, async () => {
      const filter = { status: ['queued', 'delayed'] } as const;
      const waiting = await stage.ask([], (engine) => engine.tasks({ filter, limit: 1_000 }, caller));
      if (waiting.kind === 'ok') await Promise.all(waiting.value.tasks.filter(isHopeless).map((task) => cancel(task.id)));
    });
    clock.after(5_000, giveUpHopeless);
  }

  return {
    get unknown() {
      return unknown;
    },
    rush,
    giveUpHopeless,
  };
}

function isHopeless({ type, slots, parts, resourceType, region, regions, regionMode, constraints, cost, maxCost }: Task): boolean {
  const fitting = catalogue.pools.filter(
    (pool) =>
      (resourceType === null || pool.resourceType === resourceType) &&
      (regionMode === 'prefer' || (regions ?? [region]).includes(pool.region)) &&
      (constraints ?? []).every((constraint) => holds(constraint, labelsOf(pool).get(constraint.label))) &&
      (maxCost === null || cost * pool.costPerUnit <= maxCost),
  );
  const most = ({ capacity, typeLimits }: PoolSpec) => Math.min(Math.floor(capacity / slots), typeLimits[type] ?? Number.POSITIVE_INFINITY);
  return fitting.reduce((sum, pool) => sum + most(pool), 0) < parts;
}

function drawInput(random: SeededRandom, now: number): TaskInput {
  const isFree = chance(random, 0.1);
  return {
    type: oneOf(random, ['order', 'query', 'train']),
    tenant: oneOf(random, tenants),
    priority: uniform(random, 1, 11),
    cost: uniform(random, 1, 100),
    ...(chance(random, 0.2)
      ? { region: null }
      : { region: oneOf(random, regions), regionMode: chance(random, 0.2) ? 'require' : 'prefer' }),
    ...(chance(random, 0.3) ? { resourceType: oneOf(random, ['cpu', 'gpu'] as const) } : {}),
    ...(chance(random, 0.2) ? { slots: uniform(random, 1, 4) } : {}),
    ...(chance(random, 0.15) ? { runAt: now + uniform(random, -5_000, 20_000) } : {}),
    // What may wait for a pool that never comes must be allowed to end.
    ...(isFree || chance(random, 0.15) ? { deadline: now + uniform(random, 20_001, 60_000) } : {}),
    ...(chance(random, 0.15) ? { deadline: now + uniform(random, 1, 3_000), runAt: null } : {}),
    ...(chance(random, 0.3) ? { timeoutMs: uniform(random, 50, 5_000) } : {}),
    ...(chance(random, 0.3) ? { maxAttempts: uniform(random, 1, 5) } : {}),
    ...(chance(random, 0.1) ? { maxCost: uniform(random, 1, 50) } : {}),
    ...(isFree ? { acceptUnroutable: true } : {}),
  };
}

const asked = ['!spot', 'zone in (a, b)', 'gpu_memory_gb >= 24', 'region != us-east, zone'].map(constraintsOf);

function drawWhere(random: SeededRandom): Partial<TaskInput> {
  return {
    ...(chance(random, 0.15) ? { regions: oneOf(random, [['eu-west', 'ap-east'], ['us-east']]) } : {}),
    ...(chance(random, 0.2) ? { constraints: oneOf(random, asked) } : {}),
  };
}
