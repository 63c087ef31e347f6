import { TaskRouterError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import { type Arrival, arrivalsOf, type SimulationInput } from '../domain/workload.ts';
import type { CatalogueStore, Simulation } from '../ports/catalogue-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdGenerator } from '../ports/id-generator.ts';
import type { Random } from '../ports/random.ts';
import type { Catalogue } from './catalogue.ts';
import type { Caller, Idempotency } from './engine.ts';
import { createKeyed } from './keyed.ts';
import type { StorageWatch } from './storage-watch.ts';
import type { Submit } from './submit.ts';

/** Tasks that go into one submit at most: a stop takes effect between two. */
const largestChunk = 100;
/** While the server is full, the next try, with half as many tasks: whatever room there is will do. */
const retryAfterMs = 1_000;

export interface Traffic {
  /** @throws TaskRouterError `idempotency_key_reused` */
  start(
    input: SimulationInput,
    caller: Caller,
    again?: Idempotency,
  ): Promise<{ readonly simulation: Simulation; readonly replayed: boolean }>;
  get(id: string): Promise<Simulation | undefined>;
  stop(id: string): Promise<Simulation | undefined>;
  /** Start-up: goes on with what was running. */
  resume(): Promise<void>;
  /** Drain: makes no more tasks; what is unfinished goes on after the next start. */
  halt(): void;
}

interface TrafficDeps {
  readonly store: CatalogueStore;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly seeded: (seed: number) => Random;
  readonly catalogue: Catalogue;
  readonly submit: Submit;
  readonly storage: StorageWatch;
  readonly failed: (error: unknown) => void;
}

/** The input as it is kept, with whose it is and under which key it was asked for. */
type Stored = SimulationInput & { readonly tenant: string | null } & Partial<Idempotency>;

interface Run {
  /** Arrivals that were submitted, accepted or not. */
  cursor: number;
  /** Those that were accepted. */
  created: number;
  simulation: Simulation;
  readonly input: SimulationInput;
  readonly caller: Caller;
  disarm: () => void;
  ended: boolean;
  chunkSize: number;
}

/**
 * The traffic simulator: real tasks at the times a pattern gives. Every task has an idempotency key of its own, so a run that is taken
 * up again after a crash makes none twice, and how far it got need not be exact.
 */
export function createTraffic(deps: TrafficDeps): Traffic {
  const { store, clock, ids, seeded, catalogue, submit, storage, failed } = deps;
  const runs = new Map<string, Run>();
  const keyed = createKeyed(clock);
  let halted = false;

  async function start(input: SimulationInput, caller: Caller, again?: Idempotency) {
    const tenant = caller.tenant ?? null;
    const { value, replayed } = await keyed(again, {
      async known(key) {
        const known = await store.simulationOfKey(tenant, key);
        if (known === undefined) return undefined;
        const fingerprint = (known.input as unknown as Stored).fingerprint ?? null;
        return { value: runs.get(known.id)?.simulation ?? known, at: known.startTime, fingerprint };
      },
      make: () => startNew(input, caller, again),
    });
    return { simulation: value, replayed };
  }

  async function startNew(input: SimulationInput, caller: Caller, again: Idempotency | undefined): Promise<Simulation> {
    const stored: Stored = { ...input, tenant: caller.tenant ?? null, ...again };
    const simulation: Simulation = {
      id: ids.taskId(),
      input: stored as unknown as JsonObject, // plain numbers, strings, arrays and null
      tasksCreated: 0,
      taskCount: input.taskCount,
      startTime: clock.now(),
      endTime: null,
      status: 'running',
    };
    await store.putSimulation(simulation);
    begin(simulation, input, caller);
    return simulation;
  }

  function begin(simulation: Simulation, input: SimulationInput, caller: Caller): void {
    const run: Run = { cursor: 0, created: 0, simulation, input, caller, disarm: () => {}, ended: false, chunkSize: largestChunk };
    runs.set(simulation.id, run);
    const arrivals = arrivalsOf(input, worldNow(), randomOf(input.seed));
    step(run, arrivals);
  }

  function randomOf(seed: number): () => number {
    const random = seeded(seed);
    return () => random.next();
  }

  function worldNow() {
    const simulated = catalogue.pools().filter((pool) => pool.executor === 'simulated');
    const accepted = new Set(simulated.flatMap((pool) => catalogue.accepts(pool) ?? catalogue.types().map((type) => type.name)));
    // What a bundle runs comes with the task, so there is nothing to make up.
    const types = catalogue.types().filter((type) => accepted.has(type.name) && type.bundle === null);
    return { types: types.map((type) => type.name), regions: [...new Set(simulated.map((pool) => pool.region))] };
  }

  function step(run: Run, arrivals: readonly Arrival[]): void {
    makeDue(run, arrivals).then(
      (againInMs) => {
        if (againInMs !== undefined && !halted) run.disarm = clock.after(againInMs, () => step(run, arrivals));
      },
      (error: unknown) => failed(error),
    );
  }

  /** Submits what is due. @returns ms until the next one, `undefined` when the run is over. */
  async function makeDue(run: Run, arrivals: readonly Arrival[]): Promise<number | undefined> {
    for (;;) {
      if (run.ended || halted) return undefined;
      const made = run.cursor;
      if (made === arrivals.length) return end(run, 'completed');
      const elapsed = clock.now() - run.simulation.startTime;
      const chunk = arrivals.slice(made, made + run.chunkSize).filter((arrival) => arrival.offsetMs <= elapsed);
      if (chunk.length === 0) return Math.max(1, (arrivals[made]?.offsetMs ?? 0) - elapsed);
      const results = await submit
        .batch(
          chunk.map((arrival, i) => taskOf(run, arrival, made + i + 1)),
          run.caller,
          { simulation: run.simulation.id },
        )
        .catch(untilRoom);
      if (results === undefined) {
        run.chunkSize = Math.ceil(chunk.length / 2);
        return retryAfterMs;
      }
      run.chunkSize = largestChunk;
      run.cursor += chunk.length;
      run.created += results.filter((result) => 'task' in result).length;
      // A run that was taken up again finds its first tasks made already, one by one.
      await save(run, { ...run.simulation, tasksCreated: Math.max(run.simulation.tasksCreated, run.created) });
    }
  }

  function taskOf(run: Run, { type, priority, cost, region }: Arrival, number: number) {
    const { id } = run.simulation;
    const metadata = { simulation_id: id, task_number: number };
    return {
      type,
      priority,
      cost,
      region,
      metadata,
      acceptUnroutable: true,
      idempotency: { key: `simulation:${id}:${number}`, fingerprint: '' },
    };
  }

  async function end(run: Run, status: 'completed' | 'stopped'): Promise<undefined> {
    run.ended = true;
    run.disarm();
    await save(run, { ...run.simulation, status, endTime: clock.now() });
    runs.delete(run.simulation.id);
  }

  async function save(run: Run, simulation: Simulation): Promise<void> {
    run.simulation = simulation;
    await storage.persist(() => store.putSimulation(simulation));
  }

  async function stop(id: string): Promise<Simulation | undefined> {
    const run = runs.get(id);
    if (run !== undefined && !run.ended) await end(run, 'stopped');
    return run?.simulation ?? store.simulation(id);
  }

  async function resume(): Promise<void> {
    for (const simulation of await store.runningSimulations()) {
      const { tenant, key: _key, fingerprint: _fingerprint, ...input } = simulation.input as unknown as Stored;
      begin(simulation, input, { name: 'simulation', tenant: tenant ?? undefined });
    }
  }

  return {
    start,
    get: async (id) => runs.get(id)?.simulation ?? store.simulation(id),
    stop,
    resume,
    halt() {
      halted = true;
      for (const run of runs.values()) run.disarm();
    },
  };
}

/** A server that has no room now is asked again later; anything else is a fault. */
function untilRoom(error: unknown): undefined {
  if (error instanceof TaskRouterError) return undefined;
  throw error;
}
