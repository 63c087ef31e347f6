import { describe, expect, it } from 'vitest';
import { type RuleId, ruleIds } from '../../../src/core/domain/invariants/rule.ts';
import { checkInvariants } from '../../../src/core/domain/invariants.ts';
import { unlimitedTenant } from '../../../src/core/domain/tenant.ts';
import type { Exchange, World, WorldRows } from '../../../src/core/domain/world.ts';
import { aLog, anAttempt, aPool, aTask, aType, aWorld, idOf, opened, withRows } from './a-world.ts';

const brokenIn = (world: World): readonly RuleId[] => [...new Set(checkInvariants(world).violations.map((violation) => violation.rule))];
const without = (seq: number) => aWorld().rows.tasks.filter((task) => task.seq !== seq);
const changed = (seq: number, changes: Parameters<typeof aTask>[0]) =>
  aWorld().rows.tasks.map((task) => (task.seq === seq ? { ...task, ...changes } : task));
const submitted = (id: string, key: string, fingerprint = 'a', at = 0): Exchange => ({
  kind: 'submit',
  tenant: 'default',
  idempotency: { key, fingerprint },
  at,
  answer: { id },
});
const cancelled = (id: string, answer: 'cancelled' | 'requested' | 'ended'): Exchange => ({ kind: 'cancel', id, answer });

describe('a sound world', () => {
  it('breaks no rule', () => {
    expect(checkInvariants(aWorld()).violations).toEqual([]);
  });

  it('has every rule checked but those of rest and idleness', () => {
    expect(checkInvariants(aWorld()).checked).toEqual(ruleIds.filter((id) => id !== 'L1' && id !== 'L3').sort());
    expect(checkInvariants(aWorld({ atRest: true, memory: { idle: true } })).checked).toEqual([...ruleIds].sort());
  });

  it('of rows alone is not checked for what only others know', () => {
    const { rows, now } = aWorld();
    const { log: _log, ...bare } = rows;
    expect(checkInvariants({ rows: bare, now, atRest: false }).checked).toEqual(['I7', 'I8']);
  });

  it('is sound with a log whose beginning retention removed', () => {
    const { rows } = aWorld();
    const entries = rows.log?.entries.slice(7) ?? [];
    expect(checkInvariants(aWorld({ rows: { log: { entries, floor: 8, head: 13 } } })).violations).toEqual([]);
  });

  it('may have decisions whose commit is out', () => {
    const memory = { order: [], rebuilt: [], pools: [{ name: 'p', capacity: 2, load: 2 }], deciding: 1 };
    expect(checkInvariants(aWorld({ memory })).violations).toEqual([]);
  });
});

const kin = (seq: number, onFailure: 'fail' | 'skip' | 'run' = 'fail') => ({ parents: [{ seq, id: idOf(seq), name: 'p' }], onFailure });

/** Task 2 ended for want of task 1. */
function childEnded(parent: 'completed' | 'failed' | 'cancelled', onFailure: 'fail' | 'skip' | 'run') {
  const entries = aLog([
    ['created', 1],
    ['created', 2, { waits_for: [idOf(1)] }],
    ['scheduled', 1, opened],
    [parent, 1, { attempt: 1 }],
    ['failed', 2, { code: 'dependency_failed' }],
  ]);
  const tasks = [aTask({ seq: 1, status: parent, attempt: 1 }), aTask({ seq: 2, status: 'failed', dependsOn: kin(1, onFailure) })];
  return aWorld({ rows: { tasks, log: { entries, floor: 1, head: 5 } } });
}

describe('a broken world is caught', () => {
  const caught = new Set<RuleId>();
  const isBroken = (rule: RuleId, what: string, world: World) => {
    caught.add(rule);
    it(`${rule}: ${what}`, () => expect(brokenIn(world)).toContain(rule));
  };

  isBroken('I1', 'an acknowledged task is not in the rows', aWorld({ rows: { tasks: without(3) } }));
  isBroken('I1', 'an acknowledged task never was', aWorld({ history: { exchanges: [submitted('never', 'k')] } }));
  it('I1: without retention even a finished task must be there', () => {
    const { retention: _retention, ...history } = aWorld().history;
    expect(brokenIn({ ...aWorld({ rows: { tasks: without(1) } }), history })).toContain('I1');
  });

  isBroken('I2', 'a second terminal row', withRows(aWorld(), [['failed', 1, { attempt: 1 }]]));
  isBroken('I2', 'a step out of a terminal status', withRows(aWorld(), [['scheduled', 1, { ...opened, attempt: 2 }]]));
  isBroken('I2', 'a step that is no arrow', withRows(aWorld(), [['queued', 3]]));
  isBroken('I2', 'a task created twice', withRows(aWorld(), [['created', 3]]));

  isBroken('I3', 'an attempt ended by two reports', reported({ seq: 1, attempt: 1, answer: 'settled' }));
  isBroken('I3', 'an attempt ended and nobody said so', aWorld({ history: { reports: [{ seq: 4, attempt: 1, answer: 'unknown' }] } }));
  isBroken('I3', 'an accepted end of an attempt that is open', reported({ seq: 2, attempt: 1, answer: 'settled' }));
  isBroken('I3', 'a row that ends an older attempt', withRows(aWorld(), [['completed', 2, { attempt: 0 }]]));

  isBroken('I4', 'load that nothing takes', aWorld({ memory: { pools: [{ name: 'p', capacity: 2, load: 2 }] } }));
  isBroken('I4', 'less load than what runs', aWorld({ memory: { pools: [{ name: 'p', capacity: 2, load: 0 }] } }));
  isBroken('I4', 'work on a pool that is not there', aWorld({ memory: { pools: [] } }));
  isBroken('I4', 'load at rest', aWorld({ atRest: true }));
  isBroken('I4', 'a start beyond the capacity', started({ capacity: 1, state: 'active' }));
  isBroken('I4', 'a start on a draining pool', started({ capacity: 2, state: 'draining' }));

  isBroken(
    'I5',
    'a gap in the log',
    aWorld({ rows: { log: { entries: aWorld().rows.log!.entries.filter((row) => row.seq !== 8), floor: 1, head: 13 } } }),
  );
  isBroken('I5', 'rows missing at the head', aWorld({ rows: { log: { entries: aWorld().rows.log!.entries, floor: 1, head: 14 } } }));
  isBroken('I5', 'a broken chain', aWorld({ rows: { log: { ...aWorld().rows.log!, chainHolds: false } } }));
  isBroken('I5', 'another status than the log folds to', aWorld({ rows: { tasks: changed(3, { status: 'delayed' }) } }));
  isBroken('I5', 'another attempt than the log folds to', aWorld({ rows: { tasks: changed(2, { attempt: 2 }) } }));
  isBroken('I5', 'a version that is not the latest row', aWorld({ rows: { tasks: changed(3, { version: 4 }) } }));
  isBroken('I5', 'a task the log does not know', aWorld({ rows: { tasks: [...aWorld().rows.tasks, aTask({ seq: 5 })] } }));
  isBroken('I5', 'a task that was never created', withRows(aWorld(), [['cancelled', 5]]));

  isBroken('I6', 'more of a type than may run', limited({ limit_total: 1 }));
  isBroken('I6', 'more of a tenant than may run', limited({ limit_total: null, limit_per_tenant: 1 }));
  isBroken('I6', 'more of a tenant than may run, of all types', tenantLimited({ max_running: 1 }));
  isBroken('I6', 'more of a tenant than may run, of one type', tenantLimited({ type_limits: { hash: 1 } }));
  isBroken('I6', 'more of a tenant than its guarantee and what it may borrow', tenantLimited({ guaranteed: 0, borrow: 1 }));
  isBroken('I6', 'more spent and set aside than a tenant may spend', spent({ limit: 3.5, window: 'hour' }));
  it('I6: not when there is as much, or what was spent before belongs to another window', () => {
    expect(brokenIn(spent({ limit: 4, window: 'hour' }))).not.toContain('I6');
    expect(brokenIn(spent({ limit: 3, window: 'hour' }, 3_600_000))).not.toContain('I6');
    expect(brokenIn(spent({ limit: 3, window: 'day' }, 3_600_000))).toContain('I6');
  });
  isBroken('I6', 'more of a tenant than may wait', entered(['tenant_changed', 0, { tenant: 'default', max_waiting: 1 }]));
  isBroken('I6', 'more of a type than may wait', entered(['type_changed', 0, { type: 'hash', limit_waiting: 1 }]));
  it('I6: a limit may be lowered below what runs and waits, and what comes back from an attempt may wait', () => {
    const world = withRows(aWorld(), [['tenant_added', 0, { tenant: 'default', max_running: 0, max_waiting: 0 }]]);
    expect(brokenIn(world)).toEqual([]);
  });
  isBroken('I6', 'fewer waiting tasks counted than there are', aWorld({ memory: { waiting: { tenant: new Map(), type: new Map() } } }));
  isBroken('I6', 'more of a type in one pool than may run', started({ capacity: 2, state: 'active', type_limits: { hash: 1 } }));

  isBroken('I7', 'a gap between attempts', aWorld({ rows: { attempts: [anAttempt({ taskSeq: 2, attempt: 2 })] } }));
  isBroken('I7', 'an attempt without a row', aWorld({ rows: { attempts: [] } }));
  isBroken('I7', 'a lost attempt that does not count', aWorld({ rows: { tasks: changed(4, { attemptsUsed: 0 }) } }));
  isBroken('I7', 'more attempts than allowed', aWorld({ rows: { tasks: changed(4, { maxAttempts: 0 }) } }));

  isBroken('I8', 'two live attempts', aWorld({ rows: { attempts: [...aWorld().rows.attempts, anAttempt({ taskSeq: 2, attempt: 2 })] } }));
  isBroken(
    'I8',
    'a live attempt of a task that does not run',
    aWorld({ rows: { attempts: [...aWorld().rows.attempts, anAttempt({ taskSeq: 3 })] } }),
  );
  isBroken('I8', 'a task that runs without a live attempt', aWorld({ rows: { attempts: [] } }));
  isBroken('I8', 'an attempt of no task', aWorld({ rows: { attempts: [anAttempt({ taskSeq: 99 })] } }));

  isBroken('I9', 'two tasks for one key', aWorld({ history: { exchanges: [submitted(idOf(1), 'k'), submitted(idOf(2), 'k')] } }));
  isBroken('I9', 'two bodies for one key', aWorld({ history: { exchanges: [submitted(idOf(1), 'k'), submitted(idOf(1), 'k', 'b')] } }));

  const absent = 'a removed task';
  const day = 24 * 3_600_000;
  isBroken(
    'I9',
    'a key that was forgotten with its task before its time',
    aWorld({ history: { exchanges: [submitted(absent, 'k'), submitted(idOf(2), 'k', 'a', day - 1)] } }),
  );
  it('I9: not when the key of a removed task had expired', () => {
    const world = aWorld({ history: { exchanges: [submitted(absent, 'k'), submitted(idOf(2), 'k', 'b', day)] } });
    expect(brokenIn(world)).not.toContain('I9');
  });

  isBroken('I11', 'a waiting task that memory does not have', aWorld({ memory: { order: [], rebuilt: [] } }));
  isBroken('I11', 'a task in memory that does not wait', aWorld({ memory: { order: [3, 2], rebuilt: [3, 2] } }));
  isBroken('I11', 'a task in memory that does not exist', aWorld({ memory: { order: [3, 9], rebuilt: [3, 9] } }));
  isBroken('I11', 'another order than the rows give', aWorld({ memory: { order: [3], rebuilt: [4] } }));
  isBroken('I11', 'a running task that memory does not have', aWorld({ memory: { running: [] } }));
  isBroken('I11', 'counters that are off', aWorld({ rows: { byStatus: { ...aWorld().rows.byStatus!, failed: 1 } } }));

  isBroken('I12', 'a back-off cut short', withRows(aWorld(), [['queued', 4, {}, 999]]));
  it('I12: not when somebody asked for it', () => {
    const world = aWorld({ history: { forcedDue: new Map([[idOf(4), 1]]) } });
    expect(brokenIn(withRows(world, [['queued', 4, {}, 999]]))).not.toContain('I12');
  });
  it('I12: one request excuses one early start', () => {
    const world = aWorld({ history: { forcedDue: new Map([[idOf(4), 1]]) } });
    const again = withRows(world, [
      ['queued', 4, {}, 999],
      ['scheduled', 4, { ...opened, attempt: 2 }],
      ['retried', 4, { attempt: 2, due_at: new Date(2_000).toISOString() }],
      ['queued', 4, {}, 1_000],
    ]);
    expect(brokenIn(again)).toContain('I12');
  });

  isBroken(
    'I13',
    'completed after a committed cancel',
    withRows(aWorld(), [
      ['cancel_requested', 2, { attempt: 1 }],
      ['completed', 2, { attempt: 1 }],
    ]),
  );
  isBroken('I2', 'a lease of a task that does not run', withRows(aWorld(), [['leased', 3, { node: 'a', attempt: 0 }]]));
  isBroken('I3', 'a lease of an attempt that is not the latest', withRows(aWorld(), [['leased', 2, { node: 'a', attempt: 2 }]]));
  it('I2, I13: a running task is leased, also when a cancel shared the COMMIT', () => {
    const world = withRows(aWorld(), [
      ['cancel_requested', 2, { attempt: 1 }],
      ['leased', 2, { node: 'a', attempt: 1 }],
    ]);
    expect(brokenIn(world)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^I(2|3|13)$/)]));
  });
  isBroken('I13', 'an acknowledged cancel of a task that ended otherwise', answered(cancelled(idOf(1), 'cancelled')));
  isBroken('I13', 'an acknowledged request that is not recorded', answered(cancelled(idOf(2), 'requested')));
  isBroken('I13', 'a cancel refused before the end', answered(cancelled(idOf(2), 'ended')));
  it('I13: a deadline that passes before the stop is obeyed may fail it', () => {
    const world = withRows(aWorld(), [
      ['cancel_requested', 2, { attempt: 1 }],
      ['failed', 2, { attempt: 1, code: 'deadline_exceeded' }],
    ]);
    expect(brokenIn(world)).not.toContain('I13');
  });

  isBroken('I14', 'a finished task removed before its age', aWorld({ rows: { tasks: without(1) } }));
  isBroken('I14', 'a waiting task removed', aWorld({ rows: { tasks: without(3) } }));
  isBroken('I14', 'the head of the log removed', aWorld({ rows: { log: { entries: [], floor: 1, head: 13 } } }));
  it('I14: removing what is old, or too much, is right', () => {
    const history = { exchanges: [] };
    expect(brokenIn(aWorld({ rows: { tasks: without(1) }, history: { ...history, latestNow: 1_011 } }))).not.toContain('I14');
    const few = { retention: { maxAgeMs: 1_000, maxTasks: 0 } };
    expect(brokenIn(aWorld({ rows: { tasks: without(1) }, history: { ...history, ...few } }))).not.toContain('I14');
  });

  isBroken('I16', 'a reader that misses a row', aWorld({ history: { streams: [{ after: 0, seqs: [1, 2, 4] }] } }));
  isBroken('I16', 'a reader that gets a row twice', aWorld({ history: { streams: [{ after: 3, seqs: [4, 4] }] } }));
  isBroken('I16', 'a reader that begins too late', aWorld({ history: { streams: [{ after: 3, seqs: [5] }] } }));

  isBroken('I20', 'a decision of a strategy that was switched away', switched({ algorithm: 'fifo', epoch: 1 }));
  isBroken('I20', 'a decision with a wrong name', switched({ algorithm: 'fifo', epoch: 2 }));

  isBroken('I21', 'a task started while its parent ran', aWorld({ rows: { tasks: changed(4, { dependsOn: kin(2) }) } }));
  isBroken('I21', 'a task that ended for want of a parent that had completed', childEnded('completed', 'fail'));
  isBroken('I21', 'a task that was to run without its parent, and was ended', childEnded('failed', 'run'));
  it('I21: not of a parent that did not complete, or is gone', () => {
    expect(brokenIn(childEnded('failed', 'fail'))).not.toContain('I21');
    expect(brokenIn(childEnded('cancelled', 'skip'))).not.toContain('I21');
    expect(brokenIn(aWorld({ rows: { tasks: changed(4, { dependsOn: kin(99) }) } }))).not.toContain('I21');
  });
  isBroken('L1', 'a task that never ends', aWorld({ atRest: true }));
  isBroken('L2', 'an attempt of an older start is still open', aWorld({ rows: { serverEpoch: 2 } }));
  isBroken('L3', 'a task waits beside a pool with room', idle({}));
  it('L3: not when a limit, a need or the pool itself is in the way', () => {
    expect(brokenIn(idle({ types: [{ ...aType, limitTotal: 1 }] }))).not.toContain('L3');
    expect(brokenIn(idle({ types: [{ ...aType, limitPerTenant: 1 }] }))).not.toContain('L3');
    for (const limit of [{ maxRunning: 1 }, { borrow: 1 }, { typeLimits: { hash: 1 } }, { spend: { limit: 1, window: 'day' } } as const])
      expect(brokenIn(idle({ tenants: [{ ...unlimitedTenant, ...limit, name: 'default', version: 1 }] }))).not.toContain('L3');
    for (const change of [{ state: 'paused' }, { capacity: 1 }, { types: ['sum'] }, { typeLimits: { hash: 1 } }] as const)
      expect(brokenIn(idle({ pools: [{ ...aPool, ...change }] }))).not.toContain('L3');
    for (const change of [{ region: 'ap-east' }, { resourceType: 'gpu' }, { maxCost: 0.5 }, { slots: 2 }] as const)
      expect(brokenIn(idle({ tasks: changed(3, change) }))).not.toContain('L3');
    const zone = [{ label: 'zone', op: '=', value: 'a' }] as const;
    for (const change of [{ constraints: zone }, { regions: ['ap-east'] }])
      expect(brokenIn(idle({ tasks: changed(3, change) }))).not.toContain('L3');
    expect(brokenIn(idle({ tasks: changed(3, { constraints: zone }), pools: [{ ...aPool, labels: { zone: 'a' } }] }))).toContain('L3');
    expect(brokenIn(idle({ tasks: changed(3, { region: 'ap-east', regions: ['ap-east', aPool.region] }) }))).toContain('L3');
    expect(brokenIn(aWorld({ memory: { idle: true, kept: new Set([3]) } }))).not.toContain('L3');
  });
  isBroken('L4', 'a slow restart', aWorld({ history: { restarts: [{ startedMs: 0, readyMs: 2_001 }] } }));

  it('for every rule there is', () => expect(ruleIds.filter((id) => !caught.has(id))).toEqual([]));
});

function reported(report: { seq: number; attempt: number; answer: 'settled' }): World {
  const { history } = aWorld();
  return aWorld({ history: { reports: [...(history.reports ?? []), report] } });
}

function answered(exchange: Exchange): World {
  return aWorld({ history: { exchanges: [...aWorld().history.exchanges, exchange] } });
}

/** Task 3 starts beside task 2 on a pool that was just changed to `pool`. */
function started(pool: Parameters<typeof aLog>[0][number][2]): World {
  return withRows(aWorld(), [
    ['pool_changed', 0, { worker_pool: 'p', type_limits: {}, ...pool }],
    ['scheduled', 3, opened],
  ]);
}

/** Task 3 starts beside task 2 of a type that was just changed to `type`. */
function limited(type: Parameters<typeof aLog>[0][number][2]): World {
  return withRows(aWorld(), [
    ['type_changed', 0, { type: 'hash', ...type }],
    ['scheduled', 3, opened],
  ]);
}

/** Task 3 starts beside task 2 of a tenant that was just given `limits`; its type has none. */
function tenantLimited(limits: Parameters<typeof aLog>[0][number][2]): World {
  return withRows(aWorld(), [
    ['type_changed', 0, { type: 'hash' }],
    ['tenant_added', 0, { tenant: 'default', ...limits }],
    ['scheduled', 3, opened],
  ]);
}

/** Task 3 starts at a price of 1, beside task 2, after task 1 was paid for and, as an earlier attempt, task 4: each 1. */
function spent(spend: { limit: number; window: string }, at = 0): World {
  const priced = { worker_pool: 'p', capacity: 9, state: 'active', type_limits: {}, cost_per_unit: 1 };
  const world = aWorld();
  const log = world.rows.log!;
  const entries = log.entries.map((entry) =>
    entry.type === 'scheduled' || entry.type === 'pool_added' ? { ...entry, details: { ...entry.details, ...priced } } : entry,
  );
  return withRows({ ...world, rows: { ...world.rows, log: { ...log, entries } } }, [
    ['type_changed', 0, { type: 'hash' }],
    ['tenant_added', 0, { tenant: 'default', spend }],
    ['scheduled', 3, { ...opened, cost_per_unit: 1 }, at],
  ]);
}

/** Task 5 comes in after `change`, while task 3 waits and task 4 backs off. */
function entered(change: Parameters<typeof aLog>[0][number]): World {
  return withRows(aWorld({ rows: { tasks: [...aWorld().rows.tasks, aTask({ seq: 5 })] } }), [change, ['created', 5]]);
}

/** Task 3 is decided by `decision` after a switch to `priority`, epoch 2. */
function switched(decision: { algorithm: string; epoch: number }): World {
  return withRows(aWorld(), [
    ['algorithm_switched', 0, { algorithm: 'priority', epoch: 2 }],
    ['scheduled', 3, { ...opened, ...decision }],
  ]);
}

/** Task 3 waits, task 2 runs, and pool `p` has one more slot. */
function idle(rows: Partial<WorldRows>): World {
  return aWorld({ rows, memory: { idle: true } });
}
