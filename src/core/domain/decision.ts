import type { Json, JsonObject } from './json.ts';

/** Which of two totals wins. */
export type Wins = 'lower' | 'higher';

/** One named part of a sum that pools were compared by. Values are rounded to millionths; `null`: without end. */
export interface ComparedTerm {
  readonly name: string;
  readonly unit: string;
  readonly weight: number;
  /** Of the winner. */
  readonly value: number | null;
  /** Of the runner-up; `null` also where there is none. */
  readonly other: number | null;
}

/** How the winner compared with the next best. */
export interface Compared {
  /** What pools were compared by. */
  readonly by: string;
  readonly unit: string;
  readonly wins: Wins;
  /** Of the winner. */
  readonly total: number | null;
  /** Where the total is a sum. */
  readonly terms: readonly ComparedTerm[];
  readonly runnerUp: { readonly pool: string; readonly total: number | null } | undefined;
  /** Pools whose terms were worked out; 0 where there are none. */
  readonly pools: number;
  /** More pools had room than were compared. */
  readonly isPartial: boolean;
}

/**
 * Whose room it is. `reserved`: kept for the next task of its needs, which waited too long. `backfilled`: kept for another, whom it does not
 * delay.
 */
export type RoomKind = 'free' | 'reserved' | 'backfilled';

/** A pool to which parts of a task went. */
export interface PartsPlace {
  readonly pool: string;
  readonly parts: number;
  /** Of the first of them, with the parts before it in place; `null`: pools were not compared, or it is without end. */
  readonly total: number | null;
}

/** Why a task went where it went: which pools there were, and how they compared. Kept with the start of the attempt. */
export interface DecisionRecord {
  /** Of several parts: for the last one. `undefined`: they were not compared, there was no choice to make. */
  readonly compared: Compared | undefined;
  /** Of several parts: where they went, in the order in which pools were picked. */
  readonly parts?: readonly PartsPlace[] | undefined;
  /** How far it could go. */
  readonly ring: 'home' | 'any';
  /** Its home had no room. */
  readonly isSpilled: boolean;
  readonly room: RoomKind;
  /** By its expected run time there it would end after its deadline. */
  readonly isDeadlineAtRisk: boolean;
  /** Pools within the ring that may run it. */
  readonly considered: number;
  /** Of these, the ones before the winner in the strategy's order that had no room. */
  readonly full: number;
  /** Pools that may not, by the first cause. */
  readonly out: Readonly<Record<string, number>>;
}

/** Terms told of a sum, so that a record has a largest size. */
export const mostTerms = 8;

/** The record as the log has it, under `why` of a `scheduled` entry. */
export function whyOf(record: DecisionRecord): JsonObject {
  const { compared, parts, ring, isSpilled, room, isDeadlineAtRisk, considered, full, out } = record;
  const places = parts !== undefined && { parts: parts.map(({ pool, parts, total }) => [pool, parts, total]) };
  const flags = { ...(room !== 'free' && { room }), ...(isDeadlineAtRisk && { deadline_at_risk: true }), ...places };
  if (compared === undefined) return { ring, spilled: isSpilled, ...flags, considered, full, out };
  const { by, unit, wins, total, terms, runnerUp, pools: ranked, isPartial } = compared;
  return {
    by,
    unit,
    wins,
    total,
    terms: terms.map((term) => [term.name, term.unit, term.weight, term.value, term.other]),
    runner_up: runnerUp === undefined ? null : [runnerUp.pool, runnerUp.total],
    ranked,
    partial: isPartial,
    ring,
    spilled: isSpilled,
    ...flags,
    considered,
    full,
    out,
  };
}

/** `undefined` where the details hold no such record: of earlier versions, or changed by hand. */
export function recordIn({ why }: JsonObject): DecisionRecord | undefined {
  if (!isObject(why)) return undefined;
  const { ring, spilled, room, deadline_at_risk: atRisk, considered, full, out, by, parts } = why;
  if ((ring !== 'home' && ring !== 'any') || !isCount(considered) || !isCount(full) || !isObject(out)) return undefined;
  const counts = Object.fromEntries(Object.entries(out).filter((entry): entry is [string, number] => isCount(entry[1])));
  const compared = typeof by === 'string' ? { by, ...comparedIn(why) } : undefined;
  const whose: RoomKind = room === 'reserved' || room === 'backfilled' ? room : 'free';
  const places = Array.isArray(parts) ? { parts: parts.flatMap(placeIn) } : {};
  const flags = { isSpilled: spilled === true, room: whose, isDeadlineAtRisk: atRisk === true } as const;
  return { compared, ...places, ring, ...flags, considered, full, out: counts };
}

function placeIn(place: Json): readonly PartsPlace[] {
  const [pool, parts, total] = Array.isArray(place) ? place : [];
  return typeof pool === 'string' && isCount(parts) ? [{ pool, parts, total: numberIn(total) }] : [];
}

function comparedIn({ unit, wins, total, terms, runner_up: runnerUp, ranked, partial }: JsonObject) {
  const [pool, itsTotal] = Array.isArray(runnerUp) ? runnerUp : [];
  return {
    unit: textIn(unit),
    wins: wins === 'higher' ? ('higher' as const) : ('lower' as const),
    total: numberIn(total),
    terms: Array.isArray(terms) ? terms.filter((term) => Array.isArray(term)).map(termIn) : [],
    runnerUp: typeof pool === 'string' ? { pool, total: numberIn(itsTotal) } : undefined,
    pools: isCount(ranked) ? ranked : 0,
    isPartial: partial === true,
  };
}

function termIn([name, unit, weight, value, other]: readonly Json[]): ComparedTerm {
  return { name: textIn(name), unit: textIn(unit), weight: numberIn(weight) ?? 0, value: numberIn(value), other: numberIn(other) };
}

/** A weight of one term beyond which the runner-up would have won, all else as it was. */
export interface Flip {
  readonly weight: number;
  /** The side of it where the runner-up wins. */
  readonly when: 'above' | 'below';
}

/** How far the runner-up was behind, in the unit of the totals; `undefined`: there is none, or no such number. */
export function marginOf({ total, runnerUp }: Compared): number | undefined {
  if (total === null || runnerUp === undefined || runnerUp.total === null) return undefined;
  return rounded(Math.abs(runnerUp.total - total)) ?? undefined;
}

/**
 * What would have turned the decision: with the weight w of a term, both totals move by w times their values, so they meet at
 * w + (their total - total) / (value - their value). `undefined`: no weight of it, 0 or larger, would have.
 */
export function flipOf(term: ComparedTerm, compared: Compared): Flip | undefined {
  const { value, other, weight } = term;
  const { total, runnerUp, wins } = compared;
  if (value === null || other === null || value === other || total === null || runnerUp === undefined || runnerUp.total === null)
    return undefined;
  const meets = rounded(weight + (runnerUp.total - total) / (value - other));
  if (meets === null || meets < 0) return undefined;
  const losesAbove = wins === 'lower' ? value > other : value < other;
  return { weight: meets, when: losesAbove ? 'above' : 'below' };
}

/** To millionths; `null` for what JSON has no number for. */
export function rounded(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 1e6) / 1e6 : null;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && value >= 0;
}

function textIn(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function numberIn(value: Json | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
