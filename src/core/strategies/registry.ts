import type { FieldError } from '../domain/errors.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import { orders, usualOrder, usualPlace } from './all.ts';
import type { StrategyContext } from './definition.ts';
import { type Half, type JoinedHalves, joinHalves } from './halves.ts';
import { givenIn, readParameters } from './parameters.ts';
import { presets } from './presets.ts';
import { demoLatencies } from './region-latencies.ts';
import type { Strategy } from './strategy.ts';

export type { StrategyContext } from './definition.ts';

/** An order or a placement by its name, with its parameters. */
export type HalfChoice = string | { readonly name: string; readonly params?: JsonObject };

/**
 * A strategy by its name, or by its halves. `params` are those of the named strategy; beside halves, each goes to the half that knows it, or
 * says who may overtake whom. An order that is left out is `fifo`, a placement the usual one of the order.
 */
export interface StrategyChoice {
  readonly algorithm?: string;
  readonly order?: HalfChoice;
  readonly place?: HalfChoice;
  readonly params?: JsonObject;
}

export type MadeStrategy =
  | { readonly kind: 'made'; readonly strategy: Strategy }
  | {
      /** No such strategy, or parameters it does not take. */
      readonly kind: 'unknown' | 'invalid';
      /** A sentence that names what is allowed. */
      readonly message: string;
      /** Paths are those of the choice as a body. */
      readonly errors: readonly FieldError[];
      /** Names that would have been understood. */
      readonly allowed: readonly string[];
    };

const parts = ['order', 'place', 'overtaking'] as const;

/** A strategy as a choice says, parameters filled up with their defaults. */
export function makeStrategy({ algorithm, order, place, params = {} }: StrategyChoice, context: StrategyContext = {}): MadeStrategy {
  if (order === undefined && place === undefined) {
    if (algorithm !== undefined) return createStrategy(algorithm, params, context);
    return refused('invalid', [{ path: '/body', message: 'must name an algorithm, or an order, a place or both' }], []);
  }
  if (algorithm !== undefined) {
    return refused('invalid', [{ path: '/body/algorithm', message: 'must not stand beside order or place' }], []);
  }
  const ordering = halfOf(order ?? usualOrder, '/body/order');
  const placement = halfOf(place ?? usualPlaceOf(ordering.name), '/body/place');
  const shared = givenIn(params, '/body/params');
  return answer(joinHalves({ order: ordering, place: placement, overtaking: [] }, shared, context), context);
}

/**
 * A strategy by its wire name: that of an order, of a placement, or `order+placement`. Name and parameters of a strategy that was made make
 * it again.
 */
export function createStrategy(name: string, params: JsonObject = {}, context: StrategyContext = {}): MadeStrategy {
  const [order, place, ...more] = name.split('+');
  if (order !== undefined && place !== undefined && more.length === 0) return fromNames(order, place, params, context);
  const preset = presets.find((known) => known.name === name);
  if (preset === undefined) {
    const allowed = presets.map((known) => known.name);
    const message = `must be one of ${allowed.join(', ')}, or an order and a placement as in priority+least_loaded`;
    return refused('unknown', [{ path: '/body/algorithm', message }], allowed);
  }
  const { values, errors } = readParameters(preset.parameters, givenIn(params, '/body/params'));
  if (errors.length > 0) return refused('invalid', errors, Object.keys(preset.parameters));
  const halves = preset.halves(values);
  const half = (pick: { readonly name: string; readonly params: JsonObject }) => ({
    ...{ name: pick.name, path: '/body/algorithm', given: givenIn(pick.params, '/body/params') },
  });
  const overtaking = givenIn(halves.overtaking, '/body/params');
  const joined = joinHalves({ order: half(halves.order), place: half(halves.place), overtaking }, [], context);
  return answer(joined, context, { name, params: values });
}

/** As a combination is stored: `params` holds the parameters of each half, and who may overtake whom. */
function fromNames(order: string, place: string, params: JsonObject, context: StrategyContext): MadeStrategy {
  const wrong = Object.entries(params).filter(([key, value]) => !parts.some((part) => part === key) || !isObject(value));
  if (wrong.length > 0) {
    const message = 'must be {"order": {...}, "place": {...}, "overtaking": {...}} with the parameters of each';
    return refused('invalid', [{ path: '/body/params', message }], parts);
  }
  const given = (part: (typeof parts)[number]) => {
    const own = params[part];
    return givenIn(isObject(own) ? own : {}, `/body/params/${part}`);
  };
  const half = (name: string, part: 'order' | 'place') => ({ name, path: '/body/algorithm', given: given(part) });
  const joined = joinHalves({ order: half(order, 'order'), place: half(place, 'place'), overtaking: given('overtaking') }, [], context);
  return answer(joined, context);
}

function halfOf(choice: HalfChoice, at: string): Half {
  if (typeof choice === 'string') return { name: choice, path: at, given: [] };
  return { name: choice.name, path: `${at}/name`, given: givenIn(choice.params ?? {}, `${at}/params`) };
}

function usualPlaceOf(order: string): string {
  return orders.find(({ name }) => name === order)?.place ?? usualPlace;
}

/** @param as what it is called and stored as, where that is not its halves. */
function answer(joined: JoinedHalves, context: StrategyContext, as?: Pick<Strategy, 'name' | 'params'>): MadeStrategy {
  if (joined.kind !== 'made') return refused(joined.kind, joined.errors, joined.allowed);
  return { kind: 'made', strategy: { ...joined.strategy, ...context, latencies: context.latencies ?? demoLatencies, ...as } };
}

function refused(kind: 'unknown' | 'invalid', errors: readonly FieldError[], allowed: readonly string[]): MadeStrategy {
  const sentences = errors.map(({ path, message }) => `${path.slice('/body/'.length) || 'the body'} ${message}`);
  return { kind, message: `Algorithm: ${sentences.join('; ')}.`, errors, allowed };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
