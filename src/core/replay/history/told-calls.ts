import type { Json, JsonObject } from '../../domain/json.ts';
import type { Labels } from '../../domain/label.ts';
import { type PartNodes, poolStates } from '../../domain/pool.ts';
import { type SpendLimit, spendWindows } from '../../domain/quota.ts';
import {
  type Guard,
  isBoolean,
  isNumber,
  isObject,
  isText,
  listOf,
  maybe,
  nullOr,
  objectOf,
  oneOf,
  recordOf,
  tupleOf,
} from '../../domain/shape.ts';
import type { EpochMs } from '../../domain/units.ts';
import { closings } from '../../scheduling/contracts.ts';
import type { PoolEntry, TenantLimits, Turn, TypeLimits } from '../../scheduling/core.ts';

/** A plan as it was answered, its lists as the log keeps them. */
export interface ToldPlan {
  readonly number: number;
  readonly optimal: boolean;
  readonly row: readonly number[];
  readonly cell: readonly number[];
  readonly slots: readonly number[];
}

/** What a core was told apart from what happened to tasks, by name: arguments of the core's own methods, as `engine/input-recorder.ts` notes them. */
export interface ToldCalls {
  begin: [version: number];
  /** `null`: none. */
  limit: [decisions: number | null];
  pool: [pool: PoolEntry];
  pool_gone: [id: number];
  type: [limits: TypeLimits];
  tenant: [limits: TenantLimits];
  strategy: [name: string, params: JsonObject, epoch: number, seed: number, now: EpochMs];
  prepare: [name: string, params: JsonObject, now: EpochMs];
  step: [tasks: number];
  swap: [epoch: number, seed: number, now: EpochMs];
  discard: [];
  ask: [now: EpochMs];
  plan: [now: EpochMs, answer: ToldPlan];
  turn: [turn: Turn];
  /** What ran since an earlier start: seq, attempt and start of each. */
  occupy: [pool: PoolEntry, oldestFirst: readonly (readonly number[])[], now: EpochMs];
  /** The same of one task of several parts, with the pool of each. */
  occupy_parts: [pools: readonly PoolEntry[], occupant: readonly number[], now: EpochMs];
  spend: [tenant: string, hour: EpochMs, amount: number, now: EpochMs];
  /** Runs that a start recalled: the last log row by then, how many, and a digest of them. */
  runs: [head: number, count: number, digest: number];
  /** Something was told that was not noted. */
  unseen: [];
}

/** What is stored is JSON, so an object of it is one. */
const isJsonObject = isObject as Guard<JsonObject>;
const isNumberOrNull = nullOr(isNumber);
const isLabel = (value: unknown): value is string | number => isText(value) || isNumber(value);
const isLimit = (value: unknown): value is number | null => value === null || typeof value === 'number';

const isPool = objectOf<PoolEntry>({
  id: isNumber,
  name: isText,
  region: isText,
  resourceType: oneOf(['cpu', 'gpu']),
  costPerUnit: isNumber,
  capacity: isNumber,
  speed: isNumber,
  state: oneOf([...poolStates, 'cooling']),
  coolsUntil: maybe(isNumber),
  accepts: maybe(listOf(isText)),
  typeLimits: recordOf(isNumber),
  labels: recordOf(isLabel) as Guard<Labels>,
  widest: maybe(isNumber),
  widestOf: maybe(recordOf(isNumber)),
  carbonGramsPerKwh: isNumber,
  runsParts: maybe(isBoolean),
  partNodes: maybe(listOf(objectOf<PartNodes>({ slots: isNumber, count: isNumber, types: listOf(isText) }))),
  onNodes: maybe(isBoolean),
  closedBy: maybe(oneOf(closings)),
} as { [K in keyof PoolEntry]-?: Guard<PoolEntry[K]> }); // a key that is missing is not one that is undefined, to the compiler

const isTypeLimits = objectOf<TypeLimits>({
  type: isText,
  total: isNumberOrNull,
  perTenant: isNumberOrNull,
  takesTurns: maybe(isBoolean),
} as { [K in keyof TypeLimits]-?: Guard<TypeLimits[K]> });

const isTenantLimits = objectOf<TenantLimits>({
  tenant: isText,
  maxRunning: isNumberOrNull,
  guaranteed: isNumber,
  weight: isNumber,
  typeLimits: maybe(recordOf(isNumber)),
  spend: maybe(nullOr(objectOf<SpendLimit>({ limit: isNumber, window: oneOf(spendWindows) }))),
} as { [K in keyof TenantLimits]-?: Guard<TenantLimits[K]> });

const isPlan = objectOf<ToldPlan>({
  ...{ number: isNumber, optimal: isBoolean, row: listOf(isNumber), cell: listOf(isNumber), slots: listOf(isNumber) },
});

const areNumbers = listOf(isNumber);
const isTriple = (value: unknown): value is readonly number[] => areNumbers(value) && value.length === 3;

const guards: { readonly [Name in keyof ToldCalls]: Guard<ToldCalls[Name]> } = {
  begin: tupleOf(isNumber),
  limit: tupleOf(isLimit),
  pool: tupleOf(isPool),
  pool_gone: tupleOf(isNumber),
  type: tupleOf(isTypeLimits),
  tenant: tupleOf(isTenantLimits),
  strategy: tupleOf(isText, isJsonObject, isNumber, isNumber, isNumber),
  prepare: tupleOf(isText, isJsonObject, isNumber),
  step: tupleOf(isNumber),
  swap: tupleOf(isNumber, isNumber, isNumber),
  discard: tupleOf(),
  ask: tupleOf(isNumber),
  plan: tupleOf(isNumber, isPlan),
  turn: tupleOf(objectOf<Turn>({ type: isText, tenant: isText, taken: isNumber })),
  occupy: tupleOf(isPool, listOf(isTriple), isNumber),
  occupy_parts: tupleOf(listOf(isPool), isTriple, isNumber),
  spend: tupleOf(isText, isNumber, isNumber, isNumber),
  runs: tupleOf(isNumber, isNumber, isNumber),
  unseen: tupleOf(),
};

/** Whether there is such a call in this version. */
export function isCallName(name: string): name is keyof ToldCalls {
  return Object.hasOwn(guards, name);
}

/** Its arguments; `undefined`: they are not what was noted. */
export function argumentsOf<Name extends keyof ToldCalls>(name: Name, args: readonly Json[]): ToldCalls[Name] | undefined {
  const isNoted: Guard<ToldCalls[Name]> = guards[name];
  return isNoted(args) ? args : undefined;
}
