import { orders, places, usualOrder, usualPlace } from './all.ts';
import type { OrderDefinition, Parameters, PlaceDefinition } from './definition.ts';
import { overtakingParameters } from './overtaking.ts';
import type { Values } from './parameters.ts';
import type { Complexity } from './strategy.ts';

/** A half of a strategy by name, with the values it is given. */
export interface HalfPick {
  readonly name: string;
  readonly params: Values;
}

/** A strategy with a name: an order whose placement is one of its parameters, or a placement whose order is. */
export interface Preset {
  readonly name: string;
  /** The half it is known for. */
  readonly kind: 'order' | 'place';
  readonly summary: string;
  readonly description: string;
  readonly complexity: Complexity;
  readonly parameters: Parameters;
  halves(values: Values): { readonly order: HalfPick; readonly place: HalfPick; readonly overtaking: Values };
}

/** Orders first. */
export const presets: readonly Preset[] = [...orders.map(ofOrder), ...places.map(ofPlace)];

function ofOrder(order: OrderDefinition): Preset {
  const place = {
    default: order.place ?? usualPlace,
    words: places.map(({ name }) => name),
    description: 'How the pool is chosen; it has its own defaults.',
  };
  const { name, summary, description, complexity } = order;
  return {
    ...{ name, kind: 'order', summary, description, complexity },
    parameters: { ...order.parameters, place, ...overtakingParameters },
    halves: (values) => {
      const { own, overtaking } = split(values);
      const { place: other, ...params } = own;
      return { order: { name, params }, place: { name: String(other), params: {} }, overtaking };
    },
  };
}

function ofPlace(place: PlaceDefinition): Preset {
  const order = {
    default: usualOrder,
    words: orders.map(({ name }) => name),
    description: 'How the queue is ordered; it has its own defaults.',
  };
  const { name, summary, description } = place;
  return {
    ...{ name, kind: 'place', summary, description, complexity: 'static' },
    parameters: { ...place.parameters, order, ...overtakingParameters },
    halves: (values) => {
      const { own, overtaking } = split(values);
      const { order: other, ...params } = own;
      return { order: { name: String(other), params: {} }, place: { name, params }, overtaking };
    },
  };
}

function split(values: Values): { readonly own: Values; readonly overtaking: Values } {
  const isOvertaking = ([name]: readonly [string, unknown]) => Object.hasOwn(overtakingParameters, name);
  const entries = Object.entries(values);
  return {
    own: Object.fromEntries(entries.filter((entry) => !isOvertaking(entry))),
    overtaking: Object.fromEntries(entries.filter(isOvertaking)),
  };
}
