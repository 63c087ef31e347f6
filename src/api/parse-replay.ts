import { type FieldError, TaskRouterError } from '../core/domain/errors.ts';
import type { PoolEdit, ReplaySource } from '../core/domain/replay.ts';
import type { EpochMs } from '../core/domain/units.ts';
import type { ReplayAsked } from '../core/engine/engine.ts';
import type { ReplayInputBody } from './schemas/replay.ts';
import type { UploadedTrace } from './trace-upload.ts';

const usualWindowMs = 3_600_000;
const usualSeed = 1;
const usualLoad = 0.9;

/**
 * Defaults filled in.
 * @throws TaskRouterError `validation_failed`
 */
export function parseReplay(body: ReplayInputBody, now: EpochMs, knownPools: readonly string[], trace?: UploadedTrace): ReplayAsked {
  const pools = (body.pools ?? []).map(poolEdit);
  const source = sourceOf(body, trace);
  const window = source === undefined ? windowOf(body, now) : { from: 0, to: 0 };
  const errors = [
    ...(source === undefined ? windowErrors(body, window, now) : sourceErrors(body, trace)),
    ...poolErrors(pools, knownPools),
  ];
  const [first] = errors;
  if (first !== undefined)
    throw new TaskRouterError('validation_failed', `${first.path.slice('/body/'.length)} ${first.message}.`, { errors });
  const strategies = body.strategies.map((choice) => (typeof choice === 'string' ? { algorithm: choice } : choice));
  const asked = { ...window, strategies, pools, seed: body.seed ?? usualSeed };
  return source === undefined ? asked : { ...asked, source };
}

function sourceOf({ generate, ...body }: ReplayInputBody, trace: UploadedTrace | undefined): ReplaySource | undefined {
  const processors = body.processors ?? null;
  if (trace !== undefined) return { kind: 'trace', name: trace.name, bytes: trace.bytes.length, processors };
  if (generate === undefined) return undefined;
  const { pattern, tasks, load = usualLoad } = generate;
  return { kind: 'generated', pattern, tasks, load, processors };
}

function windowOf({ window }: ReplayInputBody, now: EpochMs) {
  const to = window?.to === undefined ? now : Date.parse(window.to);
  return { from: window?.from === undefined ? to - usualWindowMs : Date.parse(window.from), to };
}

function windowErrors({ processors }: ReplayInputBody, { from, to }: { from: EpochMs; to: EpochMs }, now: EpochMs): FieldError[] {
  const errors: FieldError[] = [];
  if (to > now) errors.push({ path: '/body/window/to', message: 'must not lie in the future: there is no history of it' });
  if (from >= to) errors.push({ path: '/body/window/from', message: 'must be before `to`' });
  if (processors !== undefined) errors.push({ path: '/body/processors', message: 'means something with a trace or `generate` only' });
  return errors;
}

function sourceErrors({ window, generate, processors, pools = [] }: ReplayInputBody, trace: UploadedTrace | undefined): FieldError[] {
  const errors: FieldError[] = [];
  if (trace !== undefined && generate !== undefined)
    errors.push({ path: '/body/generate', message: 'cannot stand beside a trace: it is one or the other' });
  if (window !== undefined)
    errors.push({ path: '/body/window', message: 'is of the own history and cannot stand beside a trace or `generate`' });
  if (processors !== undefined && pools.length > 0)
    errors.push({ path: '/body/pools', message: 'means nothing with `processors`, which put one machine in place of the pools' });
  if (generate?.pattern === 'lublin' && processors === undefined)
    errors.push({ path: '/body/processors', message: 'is needed with lublin: its jobs are of one machine' });
  return errors;
}

function poolErrors(pools: readonly PoolEdit[], known: readonly string[]): FieldError[] {
  return pools.flatMap(({ name, region, capacity }, i) => {
    const errors: FieldError[] = [];
    if (pools.findIndex((other) => other.name === name) !== i)
      errors.push({ path: `/body/pools/${i}/name`, message: `must not be told twice: ${name}` });
    if (!known.includes(name) && (region === undefined || capacity === undefined)) {
      const message = `${name} is a new pool and needs a region and a capacity; there are ${known.join(', ')}`;
      errors.push({ path: `/body/pools/${i}`, message });
    }
    return errors;
  });
}

function poolEdit({
  name,
  region,
  resource_type,
  cost_per_unit,
  capacity,
  speed,
  state,
}: NonNullable<ReplayInputBody['pools']>[number]): PoolEdit {
  return {
    name,
    ...(region === undefined ? {} : { region }),
    ...(resource_type === undefined ? {} : { resourceType: resource_type }),
    ...(cost_per_unit === undefined ? {} : { costPerUnit: cost_per_unit }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(speed === undefined ? {} : { speed }),
    ...(state === undefined ? {} : { state }),
  };
}
