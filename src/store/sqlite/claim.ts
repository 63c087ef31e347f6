import type { Database } from 'better-sqlite3';
import type { CoreInputs } from '../../core/domain/core-inputs.ts';
import type { Task } from '../../core/domain/task.ts';
import type { Seq } from '../../core/domain/units.ts';
import type { Claim } from '../../core/ports/task-store.ts';
import { statusCodes } from './codes.ts';
import { encodePartNodes, encodePlacement, type QueuedRow, queuedColumns, type TaskState, taskOf } from './task-row.ts';
import type { WriteContext } from './write-context.ts';

const { queued, processing } = statusCodes;

/** Opening attempts: the task is known or read, moved by compare-and-set, and its attempt row made. */
export function createClaim(db: Database, { symbols, log, counters, inserts, live, fresh, serverEpoch }: WriteContext) {
  const select = db
    .prepare<[Seq, number], QueuedRow>(`SELECT ${queuedColumns} FROM task WHERE seq = ? AND status = ${queued} AND attempt = ?`)
    .raw();
  const update = db.prepare<[number, number, number, number, number | null, string | null, string | null, number, number, Seq, number]>(
    `UPDATE task SET status = ${processing}, attempt = ?, attempts_used = attempts_used + 1, started_at = ?, pool = ?, handled_by = ?,
       node = ?, placement = ?, part_nodes = ?, algorithm_used = ?, version = ?
     WHERE seq = ? AND status = ${queued} AND attempt = ?`,
  );

  function claimOne(claim: Claim, inputs: CoreInputs | undefined): Task | undefined {
    const { seq, attempt, at } = claim;
    const accepted = attempt === 1 ? fresh.take(seq) : undefined;
    const row = accepted === undefined ? select.get(seq, attempt - 1) : undefined;
    const pool = symbols.codeOf(claim.pool);
    const version = log.nextSeq;
    let task: Task;
    if (accepted !== undefined) task = startOf(accepted, claim, version);
    else if (row !== undefined) task = taskOf(row, symbols, startedState(claim, row[16] + 1, version));
    else return undefined;

    const handledBy = symbols.codeOf(claim.handledBy);
    const algorithm = symbols.codeOf(claim.algorithm);
    const node = symbols.optionalCodeOf(claim.node ?? null);
    const placement = claim.parts === undefined ? null : encodePlacement(claim.parts, symbols);
    const nodes = claim.nodes === undefined ? null : encodePartNodes(claim.nodes, symbols);
    const { changes } = update.run(attempt, at, pool, handledBy, node, placement, nodes, algorithm, version, seq, attempt - 1);
    if (changes === 0) return undefined;

    const tenant = row === undefined ? symbols.codeOf(task.tenant) : row[1];
    const type = row === undefined ? symbols.codeOf(task.type) : row[2];
    const region = row === undefined ? symbols.optionalCodeOf(task.region) : row[5];
    inserts.attempts.add(seq, attempt, pool, node, serverEpoch, at);
    log.add(at, 'scheduled', seq, task.id, accepted?.version ?? row?.[15] ?? null, claim.details, inputs);
    counters.move(queued, processing, type, region);
    const { id, actualCost } = task;
    live.set(seq, { id, attempt, tenant, type, region, version, startedAt: at, actualCost, cancelRequestedAt: null });
    return task;
  }

  return function claim(claims: readonly Claim[], inputs?: CoreInputs): (Task | undefined)[] {
    inserts.flush();
    let untold = inputs;
    const tasks: (Task | undefined)[] = [];
    for (const each of claims) {
      const task = claimOne(each, untold);
      if (task !== undefined) untold = undefined;
      tasks.push(task);
    }
    if (untold !== undefined) log.addInputs(claims[0]?.at ?? 0, untold);
    return tasks;
  };
}

function startOf(accepted: Task, claim: Claim, version: number): Task {
  return { ...accepted, ...startedState(claim, 1, version) };
}

function startedState(claim: Claim, attemptsUsed: number, version: number): TaskState {
  return {
    seq: claim.seq,
    status: 'processing',
    attempt: claim.attempt,
    attemptsUsed,
    dueAt: null,
    startedAt: claim.at,
    completedAt: null,
    pool: claim.pool,
    placement: claim.parts ?? null,
    nodeId: claim.node ?? null,
    partNodes: claim.nodes ?? null,
    handledBy: claim.handledBy,
    algorithmUsed: claim.algorithm,
    result: null,
    cancelRequestedAt: null,
    version,
  };
}
