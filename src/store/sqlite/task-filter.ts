import type { TaskFilter } from '../../core/ports/task-store.ts';
import { statusCodes } from './codes.ts';
import type { Symbols } from './symbols.ts';

/** A filter as SQL: fixed fragments with placeholders, values apart. */
export interface CompiledFilter {
  /** Fragments, `status` left out. */
  readonly conditions: readonly string[];
  readonly values: readonly (number | string)[];
  /** `undefined`: any. */
  readonly statuses: readonly number[] | undefined;
  /** No row can match: it names something that was never stored. */
  readonly isImpossible: boolean;
}

/** Of a task of several parts: any of them. Only such a task has a placement, so others cost no look into it. */
const onPool = `(pool IN (SELECT value FROM json_each(?)) OR (placement IS NOT NULL AND EXISTS (
  SELECT 1 FROM json_each(placement) AS part WHERE part.value IN (SELECT value FROM json_each(?)))))`;

/** Noted of tasks of several only. No index knows it: rows are looked through, as for a priority. */
const parts = "coalesce(json_extract(rare, '$.parts'), 1)";

export function compileFilter(filter: TaskFilter, symbols: Symbols): CompiledFilter {
  const conditions: string[] = [];
  const values: (number | string)[] = [];
  let isImpossible = false;

  const add = (condition: string, value: number | string | undefined, uses = 1) => {
    if (value === undefined) return;
    conditions.push(condition);
    for (let i = 0; i < uses; i++) values.push(value);
  };
  const addNames = (condition: string, names: readonly string[] | undefined, uses = 1) => {
    if (names === undefined) return;
    const codes = names.map((name) => symbols.find(name)).filter((code) => code !== undefined);
    if (codes.length === 0) isImpossible = true;
    // One JSON array: the statement is the same however many names there are.
    add(condition, JSON.stringify(codes), uses);
  };

  if (filter.tenant !== undefined) addNames('tenant IN (SELECT value FROM json_each(?))', [filter.tenant]);
  addNames('type IN (SELECT value FROM json_each(?))', filter.type);
  addNames('region IN (SELECT value FROM json_each(?))', filter.region);
  addNames(onPool, filter.pool, 2);
  add('seq = ?', filter.seq);
  add('priority >= ?', filter.priorityGte);
  add('priority <= ?', filter.priorityLte);
  add(`${parts} >= ?`, filter.partsGte);
  add(`${parts} <= ?`, filter.partsLte);
  add('enqueued_at > ?', filter.enqueuedAfter);
  add('enqueued_at < ?', filter.enqueuedBefore);
  const statuses = filter.status?.map((status) => statusCodes[status]);
  return { conditions, values, statuses, isImpossible: isImpossible || statuses?.length === 0 };
}
