import type { JsonObject } from '../domain/json.ts';
import { orders, places } from './all.ts';
import type { Parameters } from './definition.ts';
import { type MaxWait, maxWaitOf } from './max-wait.ts';
import { parametersSchema } from './parameters.ts';
import { presets } from './presets.ts';
import { createStrategy } from './registry.ts';
import type { Complexity } from './strategy.ts';

/** A placement as clients see it. */
export interface PlaceInfo {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** JSON Schema, with defaults. */
  readonly parameters: JsonObject;
}

export interface OrderInfo extends PlaceInfo {
  readonly complexity: Complexity;
}

/** A strategy that has a name of its own. */
export interface StrategyInfo extends OrderInfo {
  /** The half it is known for; the other one is a parameter. */
  readonly kind: 'order' | 'place';
  /** With the parameters it has when none are given. */
  readonly maxWait: MaxWait;
}

const strategies: readonly StrategyInfo[] = presets.map((preset) => ({
  ...partOf(preset),
  complexity: preset.complexity,
  kind: preset.kind,
  maxWait: usualMaxWait(preset.name),
}));

export function listStrategies(): readonly StrategyInfo[] {
  return strategies;
}

function usualMaxWait(name: string): MaxWait {
  const made = createStrategy(name);
  if (made.kind !== 'made') throw new Error(made.message); // every parameter has a default that is right
  return maxWaitOf(made.strategy);
}

export function listOrders(): readonly OrderInfo[] {
  return orders.map((order) => ({ ...partOf(order), complexity: order.complexity }));
}

export function listPlaces(): readonly PlaceInfo[] {
  return places.map(partOf);
}

function partOf({
  name,
  summary,
  description,
  parameters,
}: Omit<PlaceInfo, 'parameters'> & { readonly parameters: Parameters }): PlaceInfo {
  return { name, summary, description, parameters: parametersSchema(parameters) };
}
