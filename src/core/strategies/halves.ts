import type { FieldError } from '../domain/errors.ts';
import { orders, places } from './all.ts';
import type { Parameters, StrategyContext } from './definition.ts';
import { overtakingOf, overtakingParameters, refuseOvertaking } from './overtaking.ts';
import { type GivenParameter, readParameters, unknownParameters, type Values } from './parameters.ts';
import type { Strategy } from './strategy.ts';

/** An order or a placement by name, with parameters for it. */
export interface Half {
  readonly name: string;
  /** Where in the body the name stands. */
  readonly path: string;
  readonly given: readonly GivenParameter[];
}

export type JoinedHalves =
  | { readonly kind: 'made'; readonly strategy: Strategy }
  | { readonly kind: 'unknown' | 'invalid'; readonly errors: readonly FieldError[]; readonly allowed: readonly string[] };

/** What a strategy is joined from. */
export interface Joints {
  readonly order: Half;
  readonly place: Half;
  /** Parameters that say who may overtake whom. */
  readonly overtaking: readonly GivenParameter[];
}

const overtakingPart = { parameters: overtakingParameters, refuse: refuseOvertaking };

/**
 * Any order with any placement, parameters filled up with their defaults.
 * @param shared parameters for any part: each goes to the parts that know it.
 */
export function joinHalves(
  { order, place, overtaking }: Joints,
  shared: readonly GivenParameter[],
  context: StrategyContext,
): JoinedHalves {
  const ordering = orders.find(({ name }) => name === order.name);
  const placement = places.find(({ name }) => name === place.name);
  if (ordering === undefined) return unknownName(order, orders);
  if (placement === undefined) return unknownName(place, places);
  const known = Object.keys({ ...ordering.parameters, ...placement.parameters, ...overtakingParameters });
  const forOrder = readHalf(ordering, order.given, shared);
  const forPlace = readHalf(placement, place.given, shared);
  const forBoth = readHalf(overtakingPart, overtaking, shared);
  const errors = [...forOrder.errors, ...forPlace.errors, ...forBoth.errors, ...unknownParameters(known, shared)];
  if (errors.length > 0) return { kind: 'invalid', errors, allowed: known };
  const params = { order: forOrder.values, place: forPlace.values, overtaking: forBoth.values };
  const strategy = {
    name: `${ordering.name}+${placement.name}`,
    version: ordering.version + placement.version,
    params,
    order: ordering.create(params.order, context),
    ...placement.create(params.place, context),
    overtaking: overtakingOf(params.overtaking),
  };
  return { kind: 'made', strategy };
}

interface Readable {
  readonly parameters: Parameters;
  refuse?(params: Values): string | undefined;
}

function readHalf(
  definition: Readable,
  given: readonly GivenParameter[],
  shared: readonly GivenParameter[],
): { values: Values; errors: FieldError[] } {
  const forIt = shared.filter(({ name }) => Object.hasOwn(definition.parameters, name));
  const { values, errors } = readParameters(definition.parameters, [...given, ...forIt]);
  const refusal = errors.length > 0 ? undefined : definition.refuse?.(values);
  return { values, errors: refusal === undefined ? errors : [{ path: '/body/params', message: refusal }] };
}

function unknownName({ name, path }: Half, known: readonly { readonly name: string }[]) {
  const allowed = known.map((one) => one.name);
  return { kind: 'unknown' as const, errors: [{ path, message: `must be one of ${allowed.join(', ')}, and it was ${name}` }], allowed };
}
