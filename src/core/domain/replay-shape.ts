import type { JsonObject } from './json.ts';
import type { Labels } from './label.ts';
import { poolStates } from './pool.ts';
import type {
  Bounded,
  Card,
  ComparedCard,
  Difference,
  Differences,
  Fidelity,
  Figures,
  GeneratedSource,
  NamedStrategy,
  PoolEdit,
  Proof,
  ProofDifference,
  ReplayCounts,
  ReplayRequest,
  ReplayResult,
  ReplaySource,
  TenantFigures,
  TraceSource,
  WorstTask,
} from './replay.ts';
import { type Guard, isBoolean, isNumber, isObject, isText, listOf, maybe, nullOr, objectOf, oneOf, recordOf } from './shape.ts';
import { workloadPatterns } from './workload.ts';

/** What is stored is JSON, so an object of it is one. */
const isJsonObject = isObject as Guard<JsonObject>;
const isLabel = (value: unknown): value is string | number => isText(value) || isNumber(value);
const isTextOrNull = nullOr(isText);
const isNumberOrNull = nullOr(isNumber);

const namedStrategy = { name: isText, params: isJsonObject };
const isPoolEdit = objectOf<PoolEdit>({
  name: isText,
  region: maybe(isText),
  resourceType: maybe(oneOf(['cpu', 'gpu'])),
  costPerUnit: maybe(isNumber),
  capacity: maybe(isNumber),
  speed: maybe(isNumber),
  state: maybe(oneOf(poolStates)),
  labels: maybe<Labels>(recordOf(isLabel)),
} as { [K in keyof PoolEdit]-?: Guard<PoolEdit[K]> }); // a key that is missing is not one that is undefined, to the compiler

const isTrace = objectOf<TraceSource>({ kind: oneOf(['trace']), name: isText, bytes: isNumber, processors: isNumberOrNull });
const isGenerated = objectOf<GeneratedSource>({
  ...{ kind: oneOf(['generated']), pattern: oneOf(workloadPatterns), tasks: isNumber, load: isNumber, processors: isNumberOrNull },
});
const isSource = (value: unknown): value is ReplaySource => isTrace(value) || isGenerated(value);

/** What a date can be made of. */
const isTime = (value: unknown): value is number => Number.isInteger(value) && Math.abs(value as number) <= 8.64e15;

export const isReplayRequest: Guard<ReplayRequest> = objectOf<ReplayRequest>({
  from: isTime,
  to: isTime,
  strategies: listOf(objectOf<NamedStrategy>(namedStrategy)),
  pools: listOf(isPoolEdit),
  seed: isNumber,
  source: maybe(isSource),
} as { [K in keyof ReplayRequest]-?: Guard<ReplayRequest[K]> });

const isFigures = objectOf<Figures>({
  tasks: isNumber,
  wait: objectOf<Figures['wait']>({
    mean: isNumberOrNull,
    p50: isNumberOrNull,
    p95: isNumberOrNull,
    p99: isNumberOrNull,
    max: isNumberOrNull,
  }),
  slowdown: objectOf<Figures['slowdown']>({ mean: isNumberOrNull, p95: isNumberOrNull, max: isNumberOrNull }),
  cost: isNumber,
  completed: isNumber,
  failed: isNumber,
  cancelled: isNumber,
  deadlines: objectOf<Figures['deadlines']>({ tasks: isNumber, missed: isNumber }),
  fairness: isNumberOrNull,
  tenants: listOf(objectOf<TenantFigures>({ tenant: isText, tasks: isNumber, meanWaitMs: isNumber, maxWaitMs: isNumber })),
  worst: listOf(
    objectOf<WorstTask>({
      seq: isNumber,
      id: isTextOrNull,
      tenant: isText,
      type: isText,
      waitMs: isNumber,
      reallyWaitedMs: isNumberOrNull,
    }),
  ),
});
const isBounded = objectOf<Bounded>({ value: isNumber, bound: isNumberOrNull, gap: isNumberOrNull });
const card = { ...namedStrategy, figures: isFigures, neverStarted: isNumber, totalCost: isBounded, makespan: isBounded };

const isDifference = objectOf<Difference>({
  absolute: isNumberOrNull,
  relative: isNumberOrNull,
  interval: nullOr(objectOf<NonNullable<Difference['interval']>>({ low: isNumber, high: isNumber })),
  verdict: nullOr(oneOf(['better', 'worse'])),
});
const isDifferences = objectOf<Differences>({ meanWait: isDifference, p95Wait: isDifference, cost: isDifference });
const isFidelity = objectOf<Fidelity>({
  score: isNumber,
  placement: isNumber,
  placementBy: oneOf(['decisions', 'pool', 'class']),
  freePlacement: maybe(isNumber),
  waitError: isNumber,
  tailError: isNumber,
  isGood: isBoolean,
} as { [K in keyof Fidelity]-?: Guard<Fidelity[K]> });
const isProof = objectOf<Proof>({
  outcome: oneOf(['proved', 'partly', 'differs', 'none']),
  decisions: isNumber,
  inWindow: isNumber,
  from: isNumberOrNull,
  until: isNumberOrNull,
  reason: isTextOrNull,
  difference: nullOr(
    objectOf<ProofDifference>({
      ...{ at: isNumber, task: isNumber, what: isText },
      ...{ recorded: nullOr(isJsonObject), again: nullOr(isJsonObject) },
    }),
  ),
});

export const isReplayResult: Guard<ReplayResult> = objectOf<ReplayResult>({
  firstAt: isNumber,
  lastAt: isNumber,
  tasks: objectOf<ReplayCounts>({ replayed: isNumber, unfinished: isNumber, carriedOver: isNumber, missing: isNumber }),
  actual: nullOr(isFigures),
  asRun: nullOr(objectOf<Card>(card)),
  decided: maybe(listOf(isText)),
  fidelity: nullOr(isFidelity),
  proof: maybe(isProof),
  cards: listOf(objectOf<ComparedCard>({ ...card, differences: nullOr(isDifferences) })),
  notes: listOf(isText),
} as { [K in keyof ReplayResult]-?: Guard<ReplayResult[K]> });
