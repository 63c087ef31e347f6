import { priceOf } from '../domain/cost.ts';
import { type FieldError, TaskRouterError } from '../domain/errors.ts';
import { isName } from '../domain/name.ts';
import type { SpendLimit } from '../domain/quota.ts';
import type { Task, TaskEntry, TaskSpec } from '../domain/task.ts';
import type { TaskInput } from '../domain/task-input.ts';
import type { TaskType } from '../domain/task-type.ts';
import type { EpochMs } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { SchedulingCore } from '../scheduling/core.ts';
import type { Hold } from '../scheduling/reasons.ts';
import type { Catalogue } from './catalogue.ts';
import type { Caller } from './engine.ts';

export interface Admission {
  /** @throws TaskRouterError `unknown_reference`, `validation_failed`, `unroutable`. */
  specOf(input: TaskInput, caller: Caller): TaskSpec;
  /** As `specOf`, of what no pool could ever run too. @throws TaskRouterError `unknown_reference`, `validation_failed`. */
  draftOf(input: TaskInput, caller: Caller): TaskSpec;
  /** What to do again of a task that ended. @throws TaskRouterError as `specOf`. */
  specAgain(task: Task): TaskSpec;
  /** `unroutable` for what no pool could ever run; `undefined` for all else. */
  unroutable(spec: TaskSpec): TaskRouterError | undefined;
}

interface AdmissionDeps {
  readonly clock: Clock;
  readonly core: SchedulingCore;
  readonly catalogue: Catalogue;
  readonly spendLimitOf: (tenant: string) => SpendLimit | null;
  readonly options: { readonly region: string };
}

/** Who is tenant of a task: what it says, else the caller's own. */
export function tenantOf(input: TaskInput, caller: Caller): string {
  return input.tenant ?? caller.tenant ?? 'default';
}

/** Fills in what the client left open, and refuses what could never run. */
export function createAdmission({ clock, core, catalogue, spendLimitOf, options }: AdmissionDeps): Admission {
  function specOf(input: TaskInput, caller: Caller): TaskSpec {
    const spec = draftOf(input, caller);
    checkFiles(input);
    if (input.acceptUnroutable !== true) checkRoutable(spec);
    return spec;
  }

  /** Bundles come with files, and nothing else does. */
  function checkFiles({ type, hasFiles = false }: TaskInput): void {
    const isBundle = (catalogue.type(type)?.bundle ?? null) !== null;
    if (isBundle === hasFiles) return;
    const bundles = catalogue.types().filter((known) => known.bundle !== null);
    const names = bundles.length === 0 ? 'there are none yet' : bundles.map(({ name }) => name).join(', ');
    const message = isBundle
      ? `is a bundle: ${type} comes with files, send it with POST /api/v1/jobs`
      : `must be a type for bundles: ${names}`;
    throw invalid([{ path: '/body/type', message }]);
  }

  function draftOf(input: TaskInput, caller: Caller): TaskSpec {
    const type = catalogue.type(input.type);
    const now = clock.now();
    if (type === undefined) throw unknownType(input.type, outOfPlace(input, caller, now));
    const problems = [...missing(input, type), ...outOfPlace(input, caller, now)];
    if (problems.length > 0) throw invalid(problems);
    return {
      tenant: tenantOf(input, caller),
      type: type.name,
      priority: input.priority ?? 5,
      cost: input.cost ?? 1,
      region: input.region === undefined ? homeOf(input) : input.region,
      regions: input.regions ?? null,
      regionMode: input.regionMode ?? 'prefer',
      resourceType: input.resourceType === undefined ? type.resourceType : input.resourceType,
      constraints: input.constraints ?? null,
      slots: input.slots ?? 1,
      parts: input.parts ?? 1,
      estimateMs: input.estimateMs ?? null,
      deadline: input.deadline ?? null,
      maxCost: input.maxCost ?? null,
      runAt: input.runAt ?? null,
      timeoutMs: input.timeoutMs ?? type.timeoutMs,
      maxAttempts: input.maxAttempts ?? type.maxAttempts,
      metadata: input.metadata ?? null,
      payload: input.payload ?? null,
    };
  }

  function outOfPlace(input: TaskInput, caller: Caller, now: EpochMs): FieldError[] {
    const problems: FieldError[] = [];
    if (caller.tenant !== undefined && input.tenant !== undefined && input.tenant !== caller.tenant)
      problems.push({ path: '/body/tenant', message: `must be ${caller.tenant}, the tenant of your key` });
    problems.push(...unknownRegions(input));
    if (input.regionMode === 'require' && input.region === null && (input.regions ?? null) === null)
      problems.push({ path: '/body/region_mode', message: 'require needs a region' });
    if (typeof input.deadline === 'number' && input.deadline <= now)
      problems.push({ path: '/body/deadline', message: 'must be in the future' });
    if (typeof input.deadline === 'number' && typeof input.runAt === 'number' && input.deadline <= input.runAt)
      problems.push({ path: '/body/deadline', message: 'must be after run_at' });
    return problems;
  }

  /** A name with a slip is refused; who wants to wait for a pool that is still to come may name its region. */
  function unknownRegions({ region, regions, acceptUnroutable }: TaskInput): FieldError[] {
    const named = [
      ...(typeof region === 'string' ? [{ name: region, path: '/body/region' }] : []),
      ...(regions ?? []).map((name, i) => ({ name, path: `/body/regions/${i}` })),
    ];
    return named
      .filter(({ name }) => name !== options.region && !catalogue.regions().includes(name) && !(acceptUnroutable === true && isName(name)))
      .map(({ name, path }) => ({ path, message: `must be one of ${catalogue.regions().join(', ')}, and it was ${name}` }));
  }

  function homeOf({ regions }: TaskInput): string {
    return regions?.includes(options.region) === false ? (regions[0] ?? options.region) : options.region;
  }

  function checkRoutable(spec: TaskSpec): void {
    const refusal = unroutable(spec);
    if (refusal !== undefined) throw refusal;
  }

  function unroutable(spec: TaskSpec): TaskRouterError | undefined {
    const hold = core.unroutable(asEntry(spec));
    if (hold === undefined) return beyondMeans(spec);
    const message = `${hold.summary} Change the task, or send accept_unroutable: true to let it wait.`;
    return new TaskRouterError('unroutable', message, { errors: [{ path: `/body/${fieldOf(hold, spec)}`, message: hold.summary }] });
  }

  /** It costs more than its tenant may spend in a whole window, wherever it ran. */
  function beyondMeans(spec: TaskSpec): TaskRouterError | undefined {
    const spend = spendLimitOf(spec.tenant);
    if (spend === null) return undefined;
    const least = priceOf(spec.cost, core.leastPriceFor(asEntry(spec)));
    if (least <= spend.limit) return undefined;
    const summary = `It costs at least ${least}, and tenant ${spec.tenant} may spend ${spend.limit} in each ${spend.window}.`;
    const message = `${summary} Raise the spend limit, change the task, or send accept_unroutable: true to let it wait.`;
    return new TaskRouterError('unroutable', message, { errors: [{ path: '/body/cost', message: summary }] });
  }

  /** @param others what else is wrong with the task */
  function unknownType(name: string, others: readonly FieldError[] = []): TaskRouterError {
    const known = catalogue.types().map((type) => type.name);
    const message = `Invalid task type: ${name}. Known types: ${known.join(', ')}.`;
    return new TaskRouterError('unknown_reference', message, {
      errors: [{ path: '/body/type', message: `must be one of ${known.join(', ')}` }, ...others],
    });
  }

  function specAgain(task: Task): TaskSpec {
    if (catalogue.type(task.type) === undefined) throw unknownType(task.type);
    const spec: TaskSpec = { ...specFrom(task), runAt: null, deadline: null };
    checkRoutable(spec);
    return spec;
  }

  return { specOf, draftOf, specAgain, unroutable };
}

/** The field of the task that no pool can satisfy. */
function fieldOf({ missing }: Hold, { regions }: TaskSpec): string {
  if (missing === 'label') return 'constraints';
  if (missing === 'price') return 'max_cost';
  if (missing === 'region' && regions !== null) return 'regions';
  return missing ?? 'type';
}

/** Who states regions states where its home is. */
function missing(input: TaskInput, type: TaskType): FieldError[] {
  return type.requires
    .filter((field) => input[field] === undefined && !(field === 'region' && (input.regions ?? null) !== null))
    .map((field) => ({ path: `/body/${field}`, message: `is required for tasks of type ${type.name}` }));
}

function invalid(problems: readonly FieldError[]): TaskRouterError {
  const first = problems[0];
  const field = first?.path.slice(first.path.lastIndexOf('/') + 1);
  return new TaskRouterError('validation_failed', `${field} ${first?.message}.`, { errors: problems });
}

function specFrom(task: Task): TaskSpec {
  const { tenant, type, priority, cost, estimateMs, deadline, maxCost, runAt, timeoutMs, maxAttempts, metadata, payload } = task;
  const { region, regions, regionMode, resourceType, constraints, slots, parts } = task;
  const where = { region, regions, regionMode, resourceType, constraints, slots, parts };
  return { tenant, type, priority, cost, ...where, estimateMs, deadline, maxCost, runAt, timeoutMs, maxAttempts, metadata, payload };
}

/** As scheduling sees a task that nobody has accepted yet. */
export function asEntry(spec: TaskSpec, readyAt = 0): TaskEntry {
  const { tenant, type, priority, cost, region, regions, regionMode, resourceType, constraints, slots, parts } = spec;
  const { estimateMs, deadline, maxCost, timeoutMs } = spec;
  return {
    seq: 0,
    attempt: 0,
    readyAt,
    tenant,
    type,
    priority,
    cost,
    region,
    regions,
    regionMode,
    resourceType,
    constraints,
    slots,
    parts,
    estimateMs,
    deadline,
    maxCost,
    timeoutMs,
  };
}
