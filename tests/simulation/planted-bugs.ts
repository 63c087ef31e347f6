import type { RuleId } from '../../src/core/domain/invariants/rule.ts';
import type { Task } from '../../src/core/domain/task.ts';
import type { Seq } from '../../src/core/domain/units.ts';
import type { Executor } from '../../src/core/ports/executor.ts';
import type { Settlement } from '../../src/core/ports/task-store.ts';
import type { SchedulingCore } from '../../src/core/scheduling/core.ts';
import type { StoreImage } from '../../src/store/memory/image.ts';
import type { MemoryStore } from '../../src/store/memory/memory-store.ts';
import { newTask } from '../../src/store/new-task.ts';
import type { FaultKind } from './knobs.ts';
import type { Tampering } from './tampering.ts';

/** A known mistake, put in on purpose: the simulation must find it by the rule that forbids it, or it proves nothing. */
export interface PlantedBug {
  readonly id: string;
  readonly what: string;
  readonly rule: RuleId;
  /** Without these it cannot show: seeds that did not draw them are passed over. */
  readonly needs?: readonly FaultKind[];
  plant(): Tampering;
}

/**
 * Numbers as in the design (RELIABILITY §6.3). M2 and M6 are about leases, and nothing around the engine can make it forget their fence. Each wrapper does the wrong thing in the
 * plainest way and nothing else.
 */
export const plantedBugs: readonly PlantedBug[] = [
  { id: 'M1', what: 'a result is accepted without a look at its attempt', rule: 'I3', plant: acceptStale },
  { id: 'M3', what: 'the slot of a lost attempt is not given back', rule: 'I4', plant: keepLostSlots },
  { id: 'M4', what: 'a limit is read before the start beside it is written', rule: 'I6', plant: readLimitsEarly },
  { id: 'M5', what: 'a lost attempt does not count', rule: 'I7', plant: forgiveLost },
  { id: 'M7', what: 'the reply is sent before the COMMIT', rule: 'I1', plant: replyEarly },
  { id: 'M8', what: 'the log row is written outside of the transaction', rule: 'I5', plant: tearLog },
  { id: 'M9', what: 'the disk is not synced at a COMMIT', rule: 'I1', plant: skipSync },
  { id: 'M10', what: 'a cancel overwrites a terminal status', rule: 'I2', plant: overwriteEnds },
  { id: 'M11', what: 'idempotency keys are forgotten at a restart', rule: 'I9', plant: forgetKeys },
  { id: 'M12', what: 'a reader that resumes misses one row', rule: 'I16', plant: skipOnResume },
  // Mistakes that this engine, or the simulation of it, once made.
  { id: 'E1', what: 'the timer of an older back-off is not taken back', rule: 'I12', plant: dueTooEarly },
  { id: 'E2', what: 'work that comes back from a failed attempt is not put in the queue', rule: 'I11', plant: forgetQueued },
  { id: 'E3', what: 'freed slots wake nobody', rule: 'L3', plant: wakeNobody },
  { id: 'E4', what: 'retention takes what has just ended', rule: 'I14', plant: removeYoung },
  { id: 'E5', what: 'a parent that runs counts as completed', rule: 'I21', plant: callDone },
  { id: 'E6', what: 'what runs on nodes is forgotten at a restart', rule: 'I12', needs: ['nodes', 'crashes'], plant: forgetNodes },
  {
    id: 'E7',
    what: 'which node has which part is mixed up at a restart',
    rule: 'I12',
    needs: ['nodes', 'gangs', 'crashes'],
    plant: mixUpParts,
  },
];

function acceptStale(): Tampering {
  return {
    store: (store) => ({
      ...store,
      async settleAttempts(settlements) {
        const current = new Map(store.snapshot().tasks.map((task) => [task.seq, task.attempt]));
        const unfenced = settlements.map(
          (settlement): Settlement => ({ ...settlement, attempt: current.get(settlement.seq) ?? settlement.attempt }),
        );
        return store.settleAttempts(unfenced);
      },
    }),
  };
}

function keepLostSlots(): Tampering {
  const lost = new Set<Seq>();
  return {
    executor: (executor): Executor => ({
      ...executor,
      async run(attempt) {
        const outcome = await executor.run(attempt);
        if (outcome.kind === 'lost') lost.add(attempt.task.seq);
        return outcome;
      },
    }),
    core: (core) => {
      lost.clear();
      return override(core, {
        finish(seq, ...rest) {
          if (!lost.delete(seq)) core.finish(seq, ...rest);
        },
      });
    },
  };
}

function readLimitsEarly(): Tampering {
  return {
    core: (core) =>
      override(core, {
        setTypeLimits: ({ type, total, perTenant }) =>
          core.setTypeLimits({ type, total: total === null ? null : total + 1, perTenant: perTenant === null ? null : perTenant + 1 }),
      }),
  };
}

function forgiveLost(): Tampering {
  const forgiving = (store: MemoryStore, task: Task): Task => {
    const lost = store.snapshot().attempts.filter((attempt) => attempt.taskSeq === task.seq && attempt.outcome === 'lost').length;
    return { ...task, attemptsUsed: task.attemptsUsed - lost };
  };
  return {
    store: (store) => ({
      ...store,
      claimTasks: async (claims) => (await store.claimTasks(claims)).map((task) => task && forgiving(store, task)),
      processing: async () =>
        (await store.processing()).map(({ task, serverEpoch }) => ({ task: { ...forgiving(store, task), maxAttempts: 99 }, serverEpoch })),
    }),
  };
}

function replyEarly(): Tampering {
  return {
    store: (store) => {
      let sent = 0;
      return {
        ...store,
        async submitTasks(items, options) {
          const [item] = items;
          if (item === undefined || items.length > 1 || item.idempotency !== null) return store.submitTasks(items, options);
          const committed = store.submitTasks(items, options);
          committed.catch(() => {});
          const seq = store.snapshot().lastSeq + ++sent;
          committed.then(
            () => sent--,
            () => sent--,
          );
          return [{ kind: 'accepted', task: newTask(item, seq, store.logBounds().head + 1) }];
        },
      };
    },
  };
}

function tearLog(): Tampering {
  return {
    image: (image): StoreImage => {
      const last = image.log.at(-1);
      if (last?.taskSeq === null || last === undefined) return image;
      return { ...image, log: image.log.slice(0, -1), logHead: last.seq - 1, links: image.links.filter((link) => link.lastSeq < last.seq) };
    },
  };
}

function skipSync(): Tampering {
  let commits = 0;
  return { commitFault: () => (++commits % 4 === 0 ? undefined : { kind: 'unsynced' }) };
}

function overwriteEnds(): Tampering {
  const overwritten = new Map<Seq, Task>();
  return {
    store: (store) => ({
      ...store,
      async cancelTask(seq, at, by) {
        const receipt = await store.cancelTask(seq, at, by);
        const task = await store.taskBySeq(seq);
        if (receipt.kind !== 'terminal' || task === undefined) return receipt;
        overwritten.set(seq, { ...task, status: 'cancelled' });
        return { kind: 'cancelled' };
      },
      snapshot() {
        const snapshot = store.snapshot();
        const rows = [...overwritten.values()].map((task, i) => ({
          seq: snapshot.logHead + 1 + i,
          at: 0,
          type: 'cancelled' as const,
          taskSeq: task.seq,
          taskId: task.id,
          details: {},
        }));
        const tasks = snapshot.tasks.map((task) => overwritten.get(task.seq) ?? task);
        const byStatus = { ...snapshot.counts.byStatus };
        for (const task of snapshot.tasks) {
          if (!overwritten.has(task.seq)) continue;
          byStatus[task.status]--;
          byStatus.cancelled++;
        }
        const counts = { ...snapshot.counts, byStatus };
        return { ...snapshot, counts, tasks, log: [...snapshot.log, ...rows], logHead: snapshot.logHead + rows.length };
      },
    }),
    image: (image) => {
      overwritten.clear();
      return image;
    },
  };
}

function forgetKeys(): Tampering {
  return { image: (image) => ({ ...image, keys: [] }) };
}

function skipOnResume(): Tampering {
  return { resumeAfter: (last) => (last === 0 ? 0 : last + 1) };
}

function dueTooEarly(): Tampering {
  return {
    store: (store) => ({
      ...store,
      async settleAttempts(settlements) {
        const receipts = await store.settleAttempts(settlements);
        for (const { seq, verdict, at } of settlements)
          if (verdict.verb === 'retry' && seq % 5 === 0) void store.makeDue([seq], at).catch(() => {});
        return receipts;
      },
    }),
  };
}

function forgetQueued(): Tampering {
  return {
    core: (core) =>
      override(core, {
        submit(task) {
          if (task.attempt === 0) core.submit(task);
        },
      }),
  };
}

/** As if `finish` gave the slots back and did not look who could use them: it takes some later event to notice. */
function wakeNobody(): Tampering {
  return {
    core: (core) => {
      let asleep = false;
      return override(core, {
        finish(seq, now, outcome) {
          core.finish(seq, now, outcome);
          asleep = true;
        },
        submit(task) {
          core.submit(task);
          asleep = false;
        },
        decide: (now, limit, records) => (asleep ? [] : core.decide(now, limit, records)),
      });
    },
  };
}

function removeYoung(): Tampering {
  return {
    store: (store) => ({
      ...store,
      deleteTerminal: (limit, _completedBefore, keysBefore) => store.deleteTerminal(limit, Number.MAX_SAFE_INTEGER, keysBefore),
    }),
  };
}

function callDone(): Tampering {
  return {
    store: (store) => ({
      ...store,
      async statuses(seqs) {
        const statuses = await store.statuses(seqs);
        return statuses.map((status) => (status === 'processing' ? 'completed' : status));
      },
    }),
  };
}

function forgetNodes(): Tampering {
  return {
    store: (store) => ({
      ...store,
      processing: async () => (await store.processing()).map(({ task, serverEpoch }) => ({ task: { ...task, nodeId: null }, serverEpoch })),
    }),
  };
}

function mixUpParts(): Tampering {
  return {
    store: (store) => ({
      ...store,
      async processing() {
        const running = await store.processing();
        return running.map(({ task, serverEpoch }) => ({
          task: { ...task, partNodes: task.partNodes?.toReversed() ?? null },
          serverEpoch,
        }));
      },
    }),
  };
}

/** The core is an object of a class: its methods are not its own, so a spread would lose them. */
function override(core: SchedulingCore, changes: Partial<SchedulingCore>): SchedulingCore {
  return new Proxy(core, {
    get(target, name) {
      const changed: unknown = Reflect.get(changes, name);
      if (changed !== undefined) return changed;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
