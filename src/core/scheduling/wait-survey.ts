// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs, Ms, Seq } from '../domain/units.ts';
import type { PastGroup, WaitSurvey } from './answers.ts';
import type { Layout } from './layout.ts';
import type { NeedTable } from './need-table.ts';
import type { SchedulingReason } from './reasons.ts';
import type { TaskCursor, TaskTable } from './task-table.ts';
import type { WorkRatio } from './work-ratio.ts';

interface SurveyDeps {
  readonly origin: EpochMs;
  readonly table: TaskTable;
  readonly cursor: TaskCursor;
  readonly needs: NeedTable;
  readonly work: WorkRatio;
  readonly layout: () => Layout;
  readonly stopOf: (shape: number) => SchedulingReason;
}

interface PastShape {
  tasks: number;
  seq: Seq;
  since: Ms;
}

/** @param since tasks that passed their longest wait after this are told apart */
export function surveyWaits(deps: SurveyDeps, now: EpochMs, since: EpochMs): WaitSurvey {
  const { origin, table, cursor, needs, work, layout, stopOf } = deps;
  const nowMs = now - origin;
  const shapes = new Map<number, PastShape>();
  let row = 0;
  let past = 0;
  let nextMs = Number.POSITIVE_INFINITY;
  let oldestSeq: Seq = 0;
  let oldestMs: Ms = Number.POSITIVE_INFINITY;

  function look(at: number): void {
    const seq = table.seqAt(at);
    if (seq === 0) return;
    const ready = table.sinceAt(at);
    if (ready < oldestMs) {
      oldestMs = ready;
      oldestSeq = seq;
    }
    const pastFrom = layout().bound.pastFrom(cursor.at(at), work.value);
    if (pastFrom > nowMs) {
      nextMs = Math.min(nextMs, pastFrom);
      return;
    }
    past++;
    if (origin + pastFrom > since) note(table.shapeAt(at), seq, ready);
  }

  function note(shape: number, seq: Seq, ready: Ms): void {
    const known = shapes.get(shape);
    if (known === undefined) shapes.set(shape, { tasks: 1, seq, since: ready });
    else {
      known.tasks++;
      if (ready < known.since) Object.assign(known, { seq, since: ready });
    }
  }

  function groups(): PastGroup[] {
    const found = new Map<string, PastGroup>();
    for (const [id, { tasks, seq, since: ready }] of shapes) {
      const shape = needs.shapes[id];
      if (shape === undefined) continue; // all of it has gone since it was counted
      const type = shape.need.type.name;
      const reason = stopOf(id);
      const known = found.get(`${reason} ${type}`);
      const isOldest = known === undefined || origin + ready < known.oldestReadyAt;
      found.set(`${reason} ${type}`, {
        ...{ type, reason, tasks: tasks + (known?.tasks ?? 0) },
        ...(isOldest ? { oldest: seq, oldestReadyAt: origin + ready } : { oldest: known.oldest, oldestReadyAt: known.oldestReadyAt }),
      });
    }
    return [...found.values()].sort((a, b) => b.tasks - a.tasks || a.oldest - b.oldest);
  }

  return {
    step(tasks) {
      for (const end = row + tasks; row < Math.min(end, table.rows); row++) look(row);
      return row >= table.rows;
    },
    totals: () => ({
      oldest: oldestSeq === 0 ? undefined : { seq: oldestSeq, readyAt: origin + oldestMs },
      past,
      newlyPast: groups(),
      nextPastAt: origin + nextMs,
    }),
  };
}
