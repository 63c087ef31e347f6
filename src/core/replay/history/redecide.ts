import type { CoreInputs } from '../../domain/core-inputs.ts';
import { type DecisionRecord, whyOf } from '../../domain/decision.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Proof, ProofDifference } from '../../domain/replay.ts';
import { sameJson } from '../../domain/same-json.ts';
import { isNumber, isObject, isText, maybe, objectOf } from '../../domain/shape.ts';
import type { EpochMs, Seq } from '../../domain/units.ts';
import type { DecisionRow, History } from '../../ports/history.ts';
import type { Decision } from '../../scheduling/core.ts';
import type { StrategyContext } from '../../strategies/registry.ts';
import { type CoreAgain, createCoreAgain, DecidedOtherwise, NotOnRecord } from './core-again.ts';
import type { HeardSink } from './heard-times.ts';
import { createKnownTasks } from './known-tasks.ts';

const isStart = objectOf({ worker_pool: isText, attempt: isNumber, algorithm: isText, epoch: isNumber, why: maybe(isObject) });
/** Rows between two steps. */
const rowsPerStep = 10_000;

/** Decisions of the turn that rows are compared with. */
interface Turn {
  readonly at: EpochMs;
  readonly decisions: readonly Decision[];
  readonly records: readonly DecisionRecord[];
  /** How many there were then. */
  readonly decided: number;
  next: number;
}

/**
 * Decides once more on everything a server was told since it started, and compares decision by decision with what it decided then: pool, attempt,
 * strategy, and why. They must be the same; the first that is not ends it. It begins with the last start before the window, as what a core knows
 * hangs on all it was told; every later start begins anew.
 * @param most decisions that are made again, from that start on · @param heard learns when the server knew what
 * @yields now and then
 */
export function* redecide(
  history: History,
  { from, to }: { readonly from: EpochMs; readonly to: EpochMs },
  context: StrategyContext,
  most: number,
  heard: HeardSink,
): Generator<void, Proof> {
  const starts = history.systemRows().filter(({ type, at }) => type === 'server_started' && at < to);
  const first = starts.findLast(({ at }) => at <= from) ?? starts[0];
  const tally = { decisions: 0, inWindow: 0, until: null as EpochMs | null };
  const gaps: string[] = [];
  let difference: ProofDifference | null = null;
  if (first === undefined) gaps.push('the log does not go back to the start of the server');
  else {
    if (first.at > from && first.details['server_epoch'] !== 1)
      gaps.push('the log does not go back to the start of the server that decided when the window began');
    difference = yield* follow(first.seq);
  }
  if (tally.inWindow === 0 && gaps.length === 0) gaps.push('nothing was started in the window');
  const [reason = null] = gaps;
  const outcome = difference !== null ? 'differs' : tally.inWindow === 0 ? 'none' : reason === null ? 'proved' : 'partly';
  return { outcome, ...tally, from: first?.at ?? null, reason, difference };

  function* follow(startRow: number): Generator<void, ProofDifference | null> {
    const tasks = createKnownTasks(history);
    let core: CoreAgain | undefined;
    let expected = 0;
    let turn: Turn | undefined;
    let rows = 0;
    for (const row of history.decisions(startRow)) {
      if (row.at >= to) return null;
      if (++rows % rowsPerStep === 0) yield;
      try {
        const { inputs } = row;
        if (isDamaged(row)) throw new NotOnRecord(`row ${row.seq} of the log cannot be read`);
        if (inputs !== undefined) {
          checkCount(turn);
          turn = undefined;
          if (inputs.number === 0) core = createCoreAgain({ history, tasks, context, heard });
          else if (core !== undefined && inputs.number !== expected) throw new NotOnRecord('a part of what the core was told is missing');
          expected = inputs.number + 1;
          turn = core && turnOf(core, inputs, row);
        }
        if (core === undefined) {
          if (rows === 1) gaps.push('the server that decided then did not note what it decided on');
          continue;
        }
        if (row.taskSeq === null) continue;
        const found = turn && compare(core, turn, row, row.taskSeq);
        if (found !== undefined) return found;
        tally.decisions++;
        if (row.at >= from) tally.inWindow++;
        tally.until = row.at;
        if (tally.decisions >= most) {
          gaps.push(`only ${most.toLocaleString('en-US')} decisions since the start of the server are made again`);
          return null;
        }
      } catch (error) {
        if (error instanceof DecidedOtherwise) return { at: row.at, task: error.seq, what: error.message, recorded: null, again: null };
        if (!(error instanceof NotOnRecord)) throw error;
        gaps.push(`${error.message}: until the next start of the server nothing can be compared`);
        core = undefined;
      }
    }
    return null;
  }
}

/** A row of inputs has some, and a start says what was started how. */
function isDamaged({ isDamaged, taskSeq, inputs, details }: DecisionRow): boolean {
  if (isDamaged) return true;
  return taskSeq === null ? inputs === undefined : !isStart(details);
}

/** What the core decides on what it is told now. */
function turnOf(core: CoreAgain, { items, decided }: CoreInputs, { at }: DecisionRow): Turn {
  core.tell(items);
  const records: DecisionRecord[] = [];
  const decisions = decided === 0 ? [] : core.decide(at, records);
  return { at, decisions, records, decided, next: 0 };
}

/** @throws DecidedOtherwise */
function checkCount(turn: Turn | undefined): void {
  if (turn === undefined || turn.decisions.length === turn.decided) return;
  const extra = turn.decisions[turn.decided] ?? turn.decisions.at(-1);
  throw new DecidedOtherwise(`${turn.decided} tasks were started in a turn, and ${turn.decisions.length} would be`, extra?.seq ?? 0);
}

/** Decisions without a row lost a race between deciding and writing; the core is told so later. */
function compare(core: CoreAgain, turn: Turn, row: DecisionRow, seq: Seq): ProofDifference | undefined {
  const { decisions, records } = turn;
  let place = turn.next;
  while (place < decisions.length && decisions[place]?.seq !== seq) place++;
  const isThere = place < decisions.length;
  const [decision, record] = isThere ? [decisions[place], records[place]] : [decisions[turn.next], undefined];
  if (decision !== undefined && record !== undefined && isSame(core, decision, record, row.details)) {
    turn.next = place + 1;
    return undefined;
  }
  const recorded = recordedIn(row.details);
  const again = decision === undefined ? null : decidedAgain(core, decision, record);
  const what = isThere ? `task ${seq} would be started otherwise` : `task ${seq} was started, and would not be started then`;
  return { at: row.at, task: seq, what, recorded, again };
}

/** What `recordedIn` and `decidedAgain` tell, compared without telling it: nearly always it is the same. */
function isSame(core: CoreAgain, decision: Decision, record: DecisionRecord, details: JsonObject): boolean {
  const { poolId, parts, attempt, algorithm, epoch } = decision;
  return (
    details['worker_pool'] === core.poolName(poolId) &&
    details['attempt'] === attempt &&
    details['algorithm'] === algorithm &&
    details['epoch'] === epoch &&
    sameJson(details['why'], whyOf(record)) &&
    sameJson(
      details['parts'],
      parts?.map((id) => core.poolName(id)),
    )
  );
}

function recordedIn({ worker_pool: pool, attempt, algorithm, epoch, why, parts }: JsonObject): JsonObject {
  const told = { pool: pool ?? null, attempt: attempt ?? null, algorithm: algorithm ?? null, epoch: epoch ?? null, why: why ?? null };
  return parts === undefined ? told : { ...told, parts };
}

function decidedAgain(
  core: CoreAgain,
  { seq, poolId, parts, attempt, algorithm, epoch }: Decision,
  record: DecisionRecord | undefined,
): JsonObject {
  const told = {
    pool: core.poolName(poolId),
    attempt,
    algorithm,
    epoch,
    why: record === undefined ? null : whyOf(record),
    ...(parts === undefined ? {} : { parts: parts.map((id) => core.poolName(id)) }),
  };
  return record === undefined ? { task: seq, ...told } : told;
}
