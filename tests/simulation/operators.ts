import type { Labels } from '../../src/core/domain/label.ts';
import type { Pool, PoolSpec } from '../../src/core/domain/pool.ts';
import type { TaskTypeSpec } from '../../src/core/domain/task-type.ts';
import { type TenantSpec, unlimitedTenant } from '../../src/core/domain/tenant.ts';
import { arrivalPatterns, distributions } from '../../src/core/domain/workload.ts';
import type { Caller } from '../../src/core/engine/engine.ts';
import type { SeededRandom } from '../../src/core/replay/seeded-random.ts';
import { catalogue, tenants } from './catalogue.ts';
import { chance, oneOf, uniform } from './draws.ts';
import { perform, repeat, type Stage } from './stage.ts';

export interface Operators {
  /** Faults are over: puts the catalogue back as it was, however often it takes. */
  heal(): void;
  readonly isHealed: boolean;
}

const caller: Caller = { name: 'operator', tenant: undefined };
const algorithms = ['fifo', 'priority', 'min_cost', 'region_aware', 'optimal_batch'] as const;

/** Who changes pools, limits, strategy, traffic and the wall clock while it runs. */
export function createOperators(stage: Stage): Operators {
  const { clock, knobs, recorder } = stage;
  const random = stage.random('operators');
  const labels = random.fork('which labels');
  const money = random.fork('what may be spent');
  const turns = random.fork('who takes turns');
  const types = random.fork('limits by type');
  const cooling = random.fork('who is left alone');
  let clockIsOffMs = 0;
  let isHealed = false;

  const every = knobs.operateEveryMs;
  if (stage.has('pool-changes')) repeat(stage, random.fork('pools'), every, changePools);
  if (stage.has('labels')) repeat(stage, random.fork('labels'), every, () => changeLabels(labels));
  if (stage.has('cooling')) repeat(stage, random.fork('cooling'), every, () => changeCooling(cooling));
  if (stage.has('type-changes')) repeat(stage, random.fork('types'), every, changeType);
  if (stage.has('tenant-changes')) repeat(stage, random.fork('tenants'), every, changeTenant);
  if (stage.has('switches')) repeat(stage, random.fork('switches'), every, switchAlgorithm);
  if (stage.has('traffic')) repeat(stage, random.fork('traffic'), 15_000, simulate);
  if (stage.has('wall-jumps')) repeat(stage, random.fork('wall'), 8_000, jump);

  async function changePools(): Promise<void> {
    const { name } = oneOf(random, catalogue.pools);
    const kind = random.next();
    // Two at once, so that a change meets the COMMIT of another.
    if (kind < 0.15) await Promise.all([changePool(name), removePool(name)]);
    else if (kind < 0.3) await changeTwoFields(name);
    else if (kind < 0.45) await removePool(name);
    else if (kind < 0.65) await addPool(name);
    else await changePool(name);
  }

  async function changePool(name: string): Promise<void> {
    const change = oneOf<Partial<PoolSpec>>(random, [
      { state: 'draining' },
      { state: 'paused' },
      { state: 'active' },
      { state: 'active', capacity: uniform(random, 1, 9) },
      { capacity: uniform(random, 0, 3) },
      { costPerUnit: uniform(random, 0, 3) },
      { typeLimits: { order: uniform(random, 0, 3) } },
      { types: ['order', 'query'] },
    ]);
    stage.trace(`change pool ${name} ${JSON.stringify(change)}`);
    const answer = await stage.ask(['not_found', 'version_mismatch'], (engine) => engine.changePool(name, change, caller));
    if (answer.kind === 'ok') checkChange(answer.value.pool, change);
  }

  async function changeCooling(draws: SeededRandom): Promise<void> {
    const { name } = oneOf(draws, catalogue.pools);
    const rule = { failures: uniform(draws, 1, 4), forMs: uniform(draws, 1_000, 10_000) };
    const change = { cooling: chance(draws, 0.7) ? rule : null };
    stage.trace(`change pool ${name} ${JSON.stringify(change)}`);
    const answer = await stage.ask(['not_found', 'version_mismatch'], (engine) => engine.changePool(name, change, caller));
    if (answer.kind === 'ok') checkChange(answer.value.pool, change);
  }

  async function changeLabels(draws: SeededRandom): Promise<void> {
    const { name } = oneOf(draws, catalogue.pools);
    const change = { labels: oneOf<Labels>(draws, [{}, { zone: 'a' }, { zone: 'b', gpu_memory_gb: 80 }, { spot: 1, gpu_memory_gb: 8 }]) };
    stage.trace(`change pool ${name} ${JSON.stringify(change)}`);
    const answer = await stage.ask(['not_found', 'version_mismatch'], (engine) => engine.changePool(name, change, caller));
    if (answer.kind === 'ok') checkChange(answer.value.pool, change);
  }

  /** Two operators change different fields of one pool: neither may undo the other. */
  async function changeTwoFields(name: string): Promise<void> {
    const changes = [{ capacity: uniform(random, 0, 6) }, { costPerUnit: uniform(random, 0, 3) }];
    stage.trace(`change pool ${name} ${JSON.stringify(changes)}`);
    const answers = await Promise.all(
      changes.map((change) => stage.ask(['not_found', 'version_mismatch'], (engine) => engine.changePool(name, change, caller))),
    );
    const pools = answers.flatMap((answer) => (answer.kind === 'ok' ? [answer.value.pool] : []));
    const [first, second] = pools.sort((a, b) => a.version - b.version);
    if (first === undefined || second?.version !== first.version + 1) return;
    for (const change of changes) checkChange(second, change);
  }

  function checkChange(pool: Pool, change: Partial<PoolSpec>): void {
    for (const [field, value] of Object.entries(change)) {
      if (JSON.stringify(pool[field as keyof PoolSpec]) !== JSON.stringify(value))
        stage.problem('answer', `${field} of pool ${pool.name} was set to ${JSON.stringify(value)} and is another`);
    }
  }

  async function removePool(name: string): Promise<void> {
    stage.trace(`remove pool ${name}`);
    const answer = await stage.ask(['not_found', 'version_mismatch', 'pool_in_use'], (engine) => engine.removePool(name, caller));
    if (answer.kind === 'ok') recorder.probe('pool removed');
    if (answer.kind === 'refused' && answer.code === 'pool_in_use') recorder.probe('pool in use');
  }

  async function addPool(name: string): Promise<void> {
    const spec = specOf(name);
    stage.trace(`add pool ${name}`);
    await stage.ask(['already_exists'], (engine) => engine.addPool(spec, caller));
  }

  async function changeType(): Promise<void> {
    const spec: TaskTypeSpec = {
      ...oneOf(random, catalogue.types),
      limitTotal: oneOf(random, [null, 1, 2, 5]),
      limitPerTenant: oneOf(random, [null, null, 1, 3]),
      betweenTenants: oneOf(turns, ['fifo', 'round_robin']),
      ...(stage.has('tenant-changes') ? { limitWaiting: oneOf(random, [null, null, 5, 20]) } : {}),
    };
    stage.trace(`limit ${spec.name} to ${spec.limitTotal}, ${spec.limitPerTenant} per tenant`);
    await stage.ask([], (engine) => engine.putType(spec, caller, { force: true }));
  }

  async function changeTenant(): Promise<void> {
    const name = oneOf(random, tenants);
    if (chance(random, 0.2)) {
      stage.trace(`tenant ${name} has no limits`);
      await stage.ask(['not_found', 'version_mismatch'], (engine) => engine.removeTenant(name, caller));
      return;
    }
    const spec: TenantSpec = {
      ...unlimitedTenant,
      name,
      maxRunning: oneOf(random, [null, 2, 3]),
      guaranteed: oneOf(random, [0, 1, 2]),
      borrow: oneOf(random, [null, null, 1]),
      maxWaiting: oneOf(random, [null, 2, 10]),
      rate: oneOf(random, [null, null, { perSecond: 2, burst: 3 }]),
      typeLimits: oneOf<TenantSpec['typeLimits']>(types, [{}, {}, { order: 1 }, { order: 4, train: 0 }]),
      // Windows follow the wall clock: where it is set back, the log alone does not tell which one a start belonged to.
      spend: stage.has('wall-jumps') ? null : oneOf(money, [null, { limit: 5, window: 'hour' }, { limit: 20, window: 'day' }]),
    };
    stage.trace(`limit tenant ${JSON.stringify(spec)}`);
    const isMeant = chance(random, 0.7);
    const answer = await stage.ask(['quota_in_use'], (engine) => engine.putTenant(spec, caller, { force: isMeant }));
    if (answer.kind === 'refused' && answer.code === 'quota_in_use') recorder.probe('quota in use');
  }

  async function switchAlgorithm(): Promise<void> {
    const once = () => {
      const algorithm = oneOf(random, algorithms);
      stage.trace(`switch to ${algorithm}`);
      return stage.ask(['version_mismatch'], async (engine) =>
        engine.switchAlgorithm({ algorithm }, caller, chance(random, 0.3) ? engine.algorithm().epoch : undefined),
      );
    };
    const answers = await Promise.all(chance(random, 0.3) ? [once(), once()] : [once()]);
    if (answers.every((answer) => answer.kind === 'ok')) recorder.probe('switched');
  }

  async function simulate(): Promise<void> {
    const pattern = oneOf(random, [null, ...arrivalPatterns]);
    const answer = await stage.ask([], (engine) =>
      engine.simulate(
        {
          taskCount: uniform(random, 1, 25),
          distribution: oneOf(random, distributions),
          regionBias: null,
          priorityRange: [1, 10],
          costRange: [1, 10],
          pattern,
          rate: uniform(random, 1, 20),
          durationMs: 10_000,
          seed: uniform(random, 0, 1_000),
        },
        caller,
      ),
    );
    if (answer.kind !== 'ok' || !chance(random, 0.2)) return;
    clock.after(uniform(random, 1, 5_000), () => {
      perform(stage, async () => {
        await stage.ask([], (engine) => engine.stopSimulation(answer.value.simulation.id));
      });
    });
  }

  function jump(): void {
    const byMs = oneOf(random, [3_600_000, -3_600_000, uniform(random, -2_000, 2_000)]);
    // Never further off than an hour, as a wrong time zone or daylight saving would be.
    if (Math.abs(clockIsOffMs + byMs) > 3_700_000) return;
    setClock(byMs);
  }

  function setClock(byMs: number): void {
    if (byMs === 0) return;
    clockIsOffMs += byMs;
    clock.jumpWall(byMs);
    recorder.probe(byMs > 0 ? 'wall clock forward' : 'wall clock back');
    stage.trace(`the wall clock jumps by ${byMs} ms`);
  }

  function heal(): void {
    setClock(-clockIsOffMs);
    perform(stage, restore);
  }

  async function restore(): Promise<void> {
    // A removal may still be on its way.
    const answer = await stage.ask(['not_found', 'already_exists', 'version_mismatch'], async (engine) => {
      const names = new Set(engine.pools().map(({ pool }) => pool.name));
      for (const spec of catalogue.pools) {
        if (names.has(spec.name)) await engine.changePool(spec.name, spec, caller);
        else await engine.addPool(spec, caller);
      }
      for (const { tenant } of engine.tenants()) await engine.removeTenant(tenant.name, caller);
      for (const spec of catalogue.types) await engine.putType(spec, caller, { force: true });
    });
    if (answer.kind === 'ok') isHealed = true;
    else clock.after(200, () => perform(stage, restore));
  }

  return {
    heal,
    get isHealed() {
      return isHealed;
    },
  };
}

function specOf(name: string): PoolSpec {
  const spec = catalogue.pools.find((pool) => pool.name === name);
  if (spec === undefined) throw new Error(`no pool ${name} in the catalogue`);
  return spec;
}
