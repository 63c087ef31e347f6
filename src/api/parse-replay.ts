import { type FieldError, TaskRouterError } from '../core/domain/errors.ts';
import type { PoolEdit } from '../core/domain/replay.ts';
import type { EpochMs } from '../core/domain/units.ts';
import type { ReplayAsked } from '../core/engine/engine.ts';
import type { ReplayInputBody } from './schemas/replay.ts';

const usualWindowMs = 3_600_000;
const usualSeed = 1;

/**
 * Defaults filled in.
 * @throws TaskRouterError `validation_failed`
 */
export function parseReplay(body: ReplayInputBody, now: EpochMs, knownPools: readonly string[]): ReplayAsked {
  const to = body.window?.to === undefined ? now : Date.parse(body.window.to);
  const from = body.window?.from === undefined ? to - usualWindowMs : Date.parse(body.window.from);
  const pools = (body.pools ?? []).map(poolEdit);
  const errors: FieldError[] = [];
  if (to > now) errors.push({ path: '/body/window/to', message: 'must not lie in the future: there is no history of it' });
  if (from >= to) errors.push({ path: '/body/window/from', message: 'must be before `to`' });
  pools.forEach(({ name, region, capacity }, i) => {
    if (pools.findIndex((other) => other.name === name) !== i)
      errors.push({ path: `/body/pools/${i}/name`, message: `must not be told twice: ${name}` });
    if (!knownPools.includes(name) && (region === undefined || capacity === undefined)) {
      const message = `${name} is a new pool and needs a region and a capacity; there are ${knownPools.join(', ')}`;
      errors.push({ path: `/body/pools/${i}`, message });
    }
  });
  const [first] = errors;
  if (first !== undefined)
    throw new TaskRouterError('validation_failed', `${first.path.slice('/body/'.length)} ${first.message}.`, { errors });
  return { from, to, strategies: body.strategies, pools, seed: body.seed ?? usualSeed };
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
