import type { Json, JsonObject } from '../../core/domain/json.ts';
import type { Symbols } from './symbols.ts';

/**
 * How the `why` of a `scheduled` row is stored: an array of values in a fixed order with names as symbol numbers, about a third of the
 * object's length. Where pools are in the ring come first, then what they were compared by, then three numbers a term and its two names.
 * A record that does not fit is stored as the object it is.
 */
const rings: readonly Json[] = ['home', 'any'];
const rooms: readonly Json[] = ['reserved', 'backfilled'];
/** Told by the first number, and only where there is something to tell. */
const flagKeys: readonly string[] = ['room', 'deadline_at_risk'];
const wins: readonly Json[] = ['lower', 'higher'];
const causes = ['type', 'resource_type', 'region', 'label', 'price'] as const;
const ringKeys = 5;
const allKeys = 13;
const valuesPerTerm = 5;
/** Values before the terms. */
const termsFrom = 7;

/** `undefined`: it does not fit. */
export function encodeWhy(why: Json | undefined, symbols: Symbols): string | undefined {
  if (typeof why !== 'object' || why === null || Array.isArray(why)) return undefined;
  const whole = why as JsonObject;
  const values: (number | null)[] = [];
  if (!encodeRing(whole, values)) return undefined;
  const keys = Object.keys(whole).filter((key) => !flagKeys.includes(key)).length;
  if (keys !== ringKeys && !(keys === allKeys && encodeCompared(whole, values, symbols))) return undefined;
  return `[${values.map((value) => (value === null ? 'null' : value)).join()}]`;
}

function encodeRing(
  { ring, spilled, room, deadline_at_risk: atRisk, considered, full, out }: JsonObject,
  values: (number | null)[],
): boolean {
  const at = rings.indexOf(ring ?? null);
  const whose = room === undefined ? 0 : rooms.indexOf(room) + 1;
  if (
    at === -1 ||
    (room !== undefined && whose === 0) ||
    typeof spilled !== 'boolean' ||
    !isNumber(considered) ||
    !isNumber(full) ||
    !isPlain(out)
  )
    return false;
  if (atRisk !== undefined && atRisk !== true) return false;
  values.push((atRisk ? 16 : 0) + 4 * whose + 2 * at + (spilled ? 1 : 0), considered, full);
  let found = 0;
  for (const cause of causes) {
    const count = out[cause];
    if (count === undefined) values.push(0);
    else if (isNumber(count) && count !== 0) {
      values.push(count);
      found++;
    } else return false;
  }
  return found === Object.keys(out).length;
}

function encodeCompared(why: JsonObject, values: (number | null)[], symbols: Symbols): boolean {
  const { by, unit, wins: side, total, terms, runner_up: runnerUp, ranked, partial } = why;
  const at = wins.indexOf(side ?? null);
  if (typeof by !== 'string' || typeof unit !== 'string' || at === -1 || !isValue(total) || !isNumber(ranked)) return false;
  if (typeof partial !== 'boolean' || !Array.isArray(terms)) return false;
  values.push(symbols.codeOf(by), symbols.codeOf(unit), 2 * at + (partial ? 1 : 0), total, ranked);
  if (runnerUp === null) values.push(0, 0);
  else {
    const [pool, its, ...more] = Array.isArray(runnerUp) ? runnerUp : [];
    if (typeof pool !== 'string' || !isValue(its) || more.length > 0) return false;
    values.push(symbols.codeOf(pool), its);
  }
  for (const term of terms) {
    if (!Array.isArray(term) || term.length !== valuesPerTerm) return false;
    const [name, unit, ...numbers] = term;
    if (typeof name !== 'string' || typeof unit !== 'string' || !numbers.every(isValue)) return false;
    values.push(symbols.codeOf(name), symbols.codeOf(unit), ...numbers);
  }
  return true;
}

/** Read a million times in a row when decisions are made again: built in one object, without parts that are put together. */
export function decodeWhy(stored: readonly Json[], symbols: Symbols): JsonObject {
  const ringEnd = 3 + causes.length;
  const flags = Number(stored[0]);
  const room = rooms[((flags >> 2) & 3) - 1];
  const why: Record<string, Json> = stored.length === ringEnd ? {} : comparedOf(stored, ringEnd, symbols);
  why['ring'] = rings[(flags >> 1) & 1] ?? null;
  why['spilled'] = (flags & 1) === 1;
  if (room !== undefined) why['room'] = room;
  if (flags >= 16) why['deadline_at_risk'] = true;
  why['considered'] = stored[1] ?? 0;
  why['full'] = stored[2] ?? 0;
  const out: Record<string, Json> = {};
  let at = 3;
  for (const cause of causes) {
    const count = stored[at++];
    if (count !== 0 && count !== undefined) out[cause] = count;
  }
  why['out'] = out;
  return why;
}

/** @param at where it begins */
function comparedOf(stored: readonly Json[], at: number, symbols: Symbols): Record<string, Json> {
  const nameOf = (value: Json | undefined) => symbols.nameOf(value as number); // written by `encodeCompared`
  const flags = Number(stored[at + 2]);
  const terms: Json[] = [];
  for (let i = at + termsFrom; i < stored.length; i += valuesPerTerm) {
    terms.push([nameOf(stored[i]), nameOf(stored[i + 1]), ...stored.slice(i + 2, i + valuesPerTerm)]);
  }
  return {
    by: nameOf(stored[at]),
    unit: nameOf(stored[at + 1]),
    wins: wins[flags >> 1] ?? null,
    total: stored[at + 3] ?? null,
    terms,
    runner_up: stored[at + 5] === 0 ? null : [nameOf(stored[at + 5]), stored[at + 6] ?? null],
    ranked: stored[at + 4] ?? 0,
    partial: (flags & 1) === 1,
  };
}

function isNumber(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isValue(value: Json | undefined): value is number | null {
  return value === null || isNumber(value);
}

function isPlain(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
