import { expect, it } from 'vitest';
import { backoffMs } from '../../src/core/domain/retry.ts';
import { isTerminal, type TaskStatus } from '../../src/core/domain/task-status.ts';
import type { BatchItem } from '../../src/core/engine/engine.ts';
import { aPool, aType, caller, codeOf, setup } from '../helpers/engine.ts';
import { fc } from '../helpers/fc.ts';
import { EngineModel, type ModelInput, type ModelTask } from './engine-model.ts';

/** Walks of one ordinary run, and steps of each; 5,000 of 100 for a long one: `TRX_MODEL_RUNS=5000 TRX_MODEL_STEPS=100`. */
const runs = Number(process.env['TRX_MODEL_RUNS'] ?? 300);
const steps = Number(process.env['TRX_MODEL_STEPS'] ?? 50);

/** The real engine; a crash replaces it by the next start. */
class Real {
  server: Awaited<ReturnType<typeof setup>>;
  readonly ids: string[] = [];

  constructor(server: Awaited<ReturnType<typeof setup>>) {
    this.server = server;
  }

  idOf(task: ModelTask): string {
    const id = this.server.row(task.seq).id;
    this.ids[task.seq] = id;
    return id;
  }
}

type Command = fc.AsyncCommand<EngineModel, Real>;

/** A command that is always possible, and after which everything must agree. */
function command(
  name: string,
  act: (model: EngineModel, real: Real) => Promise<void>,
  isPossible?: (model: EngineModel) => boolean,
): Command {
  return {
    check: (model) => isPossible?.(model) ?? true,
    async run(model, real) {
      await act(model, real);
      await compare(model, real);
    },
    toString: () => name,
  };
}

async function compare(model: EngineModel, { server }: Real): Promise<void> {
  const { store, engine, hands } = server;
  learnBackOffs(model, server);
  const rows = store.snapshot().tasks.map(({ seq, status, attempt, attemptsUsed, dueAt, result, error }) => ({
    ...{ seq, status, attempt, used: attemptsUsed, dueAt: dueAt ?? undefined },
    ...{ result, error: status === 'failed' ? error?.code : undefined },
  }));
  expect(rows).toEqual(
    model.tasks.map(({ seq, status, attempt, used, dueAt, result, error }) => ({
      ...{ seq, status, attempt, used, dueAt, result },
      error: status === 'failed' ? error : undefined,
    })),
  );
  const count = (status: TaskStatus) => model.with(status).length;
  expect(engine.stats()).toMatchObject({
    byStatus: { delayed: count('delayed'), queued: count('queued'), processing: count('processing') },
    ...{ completed: count('completed'), failed: count('failed'), cancelled: count('cancelled') },
  });
  expect(engine.inspect().order).toEqual(model.queue().map((task) => task.seq));
  expect([...hands.running].sort((a, b) => a - b)).toEqual(model.with('processing').map((task) => task.seq));
  expect(engine.pools()[0]?.load).toBe(model.load);
}

/** The jitter of a back-off is the engine's own draw: the model takes it, if it is one that may be drawn. */
function learnBackOffs(model: EngineModel, { row }: Real['server']): void {
  for (const task of model.with('delayed')) {
    if (task.dueAt !== undefined) continue;
    const dueAt = row(task.seq).dueAt ?? 0;
    const steps = task.error === 'lost' ? task.used - 1 : task.used;
    expect(dueAt).toBeGreaterThanOrEqual(model.now + backoffMs(steps, 0));
    expect(dueAt).toBeLessThanOrEqual(model.now + backoffMs(steps, 1));
    task.dueAt = dueAt;
  }
}

/** The model lets a gang wait for as long as there is something smaller to start. */
const noReservations = { reserve: false };
/** A pool without slots is a pool one may wait for. */
const job = { type: 'job', acceptUnroutable: true } as const;
const input = fc.record({
  priority: fc.integer({ min: 1, max: 10 }),
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  parts: fc.constantFrom(1, 1, 1, 2, 3),
});
const key = fc.constantFrom('k1', 'k2', 'k3');
/** Which of the tasks there are, by its place. */
const choice = fc.nat({ max: 1_000 });

const submit = input.map((task) =>
  command(`submit ${JSON.stringify(task)}`, async (model, { server }) => {
    await server.answered(server.engine.submit({ ...job, ...task }, caller));
    model.submit(task);
  }),
);

const submitLater = fc.tuple(input, fc.integer({ min: -100, max: 20_000 })).map(([task, inMs]) =>
  command(`submit ${JSON.stringify(task)} in ${inMs} ms`, async (model, { server }) => {
    const runAt = model.now + inMs;
    await server.answered(server.engine.submit({ ...job, ...task, runAt }, caller));
    model.submit({ ...task, runAt });
  }),
);

const submitKeyed = fc.tuple(input, key).map(([task, name]) =>
  command(`submit ${JSON.stringify(task)} as ${name}`, async (model, { server }) => {
    const idempotency = { key: name, fingerprint: JSON.stringify(task) };
    const call = server.engine.submit({ ...job, ...task }, caller, { idempotency });
    const known = model.keys.get(name);
    if (known === undefined) {
      expect(await server.answered(call)).toMatchObject({ replayed: false });
      model.keys.set(name, { body: idempotency.fingerprint, seq: model.submit(task).seq });
    } else if (known.body === idempotency.fingerprint)
      expect(await server.answered(call)).toMatchObject({ replayed: true, task: { seq: known.seq } });
    else expect(await server.answered(codeOf(call))).toBe('idempotency_key_reused');
  }),
);

const submitBatch = fc.tuple(fc.array(fc.option(input, { freq: 4 }), { minLength: 1, maxLength: 6 }), fc.boolean()).map(([items, atomic]) =>
  command(`batch ${JSON.stringify(items)}${atomic ? ' atomic' : ''}`, async (model, { server }) => {
    const call = server.engine.submitBatch(
      items.map((item) => (item === null ? { type: 'nobody knows this' } : { ...job, ...item })),
      caller,
      { atomic },
    );
    if (atomic && items.includes(null)) {
      expect(await server.answered(codeOf(call))).toBe('validation_failed');
      return;
    }
    const answers = await server.answered(call);
    const expected = items.map((item: ModelInput | null) => (item === null ? 'refused' : model.add(item).seq));
    expect(answers.map((answer: BatchItem) => ('error' in answer ? 'refused' : answer.task.seq))).toEqual(expected);
    model.dispatch();
  }),
);

const cancel = choice.map((at) =>
  command(
    `cancel #${at}`,
    async (model, real) => {
      const task = taskAt(model.tasks, at);
      const answer = real.server.answered(codeOrValue(real.server.engine.cancel(real.idOf(task), caller)));
      if (isTerminal(task.status)) expect(await answer).toBe('wrong_status');
      else {
        expect(await answer).toBe(task.status === 'processing' ? 'requested' : 'cancelled');
        task.status = 'cancelled';
        task.dueAt = undefined;
        model.dispatch();
      }
    },
    (model) => model.tasks.length > 0,
  ),
);

const retry = choice.map((at) =>
  command(
    `retry #${at}`,
    async (model, real) => {
      const task = taskAt(model.tasks, at);
      const answer = real.server.answered(codeOrValue(real.server.engine.retry(real.idOf(task), caller)));
      if (isTerminal(task.status) && model.capacity < task.parts) expect(await answer).toBe('unroutable');
      else if (isTerminal(task.status)) {
        expect(await answer).toMatchObject({ created: true, task: { retryOf: real.idOf(task), priority: task.priority } });
        const { priority, maxAttempts, parts } = task;
        model.submit({ priority, maxAttempts, parts });
      } else if (task.status === 'delayed' && task.attempt > 0) {
        expect(await answer).toMatchObject({ created: false });
        model.queueNow(task);
        model.dispatch();
      } else expect(await answer).toBe('wrong_status');
    },
    (model) => model.tasks.length > 0,
  ),
);

const end = fc.tuple(choice, fc.constantFrom('succeeded', 'failed', 'failed for good', 'lost')).map(([at, how]) =>
  command(
    `end running #${at}: ${how}`,
    async (model, { server }) => {
      const task = taskAt(model.with('processing'), at);
      if (how === 'succeeded') {
        server.hands.end(task.seq, { kind: 'succeeded', result: { of: task.seq } });
        task.status = 'completed';
        task.result = task.parts === 1 ? { of: task.seq } : Array.from({ length: task.parts }, () => ({ of: task.seq }));
      } else if (how === 'lost') {
        server.hands.end(task.seq, { kind: 'lost', message: 'its thread died' });
        model.lose([task]);
      } else {
        server.hands.end(task.seq, { kind: 'failed', code: 'drawn', message: '', retryable: how === 'failed' });
        model.fail(task, 'drawn', how === 'failed');
      }
      model.dispatch();
      await server.pass();
    },
    (model) => model.with('processing').length > 0,
  ),
);

const pass = fc.integer({ min: 1, max: 10_000 }).map((ms) =>
  command(`pass ${ms} ms`, async (model, { server }) => {
    await server.pass(ms);
    model.advanceTo(server.clock.now());
  }),
);

const switchTo = fc.constantFrom('fifo' as const, 'priority' as const).map((algorithm) =>
  command(`switch to ${algorithm}`, async (model, { server }) => {
    const params = algorithm === 'priority' ? { aging_per_min: 0, ...noReservations } : noReservations;
    await server.answered(server.engine.switchAlgorithm({ algorithm, params }, caller));
    model.strategy = algorithm;
  }),
);

const changePool = fc
  .record({ capacity: fc.integer({ min: 0, max: 4 }), state: fc.constantFrom('active' as const, 'draining' as const) })
  .map((change) =>
    command(`change pool to ${JSON.stringify(change)}`, async (model, { server }) => {
      await server.answered(server.engine.changePool('p', change, caller));
      model.capacity = change.capacity;
      model.isOpen = change.state === 'active';
      model.dispatch();
    }),
  );

const crash = fc.constant(
  command('crash and start again', async (model, real) => {
    const { clock } = real.server;
    real.server = await setup({ image: real.server.crash(), clock });
    model.lose(model.with('processing'));
  }),
);

const drain = fc.constant(
  command('drain and start again', async (model, real) => {
    const { clock, answered, engine } = real.server;
    await answered(engine.drain(0));
    real.server = await setup({ image: real.server.crash(), clock });
    for (const task of model.with('processing')) {
      task.status = 'queued';
      task.used--;
    }
    model.dispatch();
  }),
);

it(`the engine does what its model does in ${runs} walks of ${steps} steps`, { timeout: 3_600_000 }, async () => {
  const common = [submit, submit, submitKeyed, submitLater, end, end, end, pass];
  const rare = [submitBatch, cancel, retry, switchTo, changePool, crash, drain];
  await fc.assert(
    fc.asyncProperty(fc.commands([...common, ...rare], { maxCommands: steps, size: 'max' }), async (commands) => {
      await fc.asyncModelRun(async () => {
        const server = await setup({
          ...{ pools: [aPool({ capacity: 2 })], types: [aType({ timeoutMs: 24 * 3_600_000 })] },
          options: { algorithm: { algorithm: 'fifo', params: noReservations } },
        });
        return { model: new EngineModel(server.clock.now(), 2), real: new Real(server) };
      }, commands);
    }),
    { numRuns: runs },
  );
});

function taskAt(tasks: readonly ModelTask[], at: number): ModelTask {
  const task = tasks[at % tasks.length];
  if (task === undefined) throw new Error('this command needs a task');
  return task;
}

/** What a call answers, or the code it is refused with. */
function codeOrValue(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => (error as { readonly code?: unknown }).code ?? error);
}
