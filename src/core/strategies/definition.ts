import type { CarbonForecast, Complexity, Learn, Order, Place, RegionLatency, TransferPrice } from './strategy.ts';

/** Data of the installation that strategies may use. */
export interface StrategyContext {
  /** Default: the demo catalogue's. */
  readonly latencies?: readonly RegionLatency[];
  readonly transferPrices?: readonly TransferPrice[];
  readonly carbonForecast?: CarbonForecast;
}

/** A number that can be set; its default, range and meaning are shown to clients. */
export interface NumberParameter {
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Only whole numbers. */
  readonly integer?: boolean;
  readonly description: string;
}

/** One of some words. */
export interface WordParameter<Word extends string = string> {
  readonly default: Word;
  readonly words: readonly Word[];
  readonly description: string;
}

/** Yes or no. */
export interface SwitchParameter {
  readonly default: boolean;
  readonly description: string;
}

export type Parameter = NumberParameter | WordParameter | SwitchParameter;
export type Parameters = Readonly<Record<string, Parameter>>;

type ValueOf<P extends Parameter> = P extends { readonly words: readonly (infer Word)[] }
  ? Word
  : P extends { readonly minimum: number }
    ? number
    : boolean;

/** What `create` gets: every parameter with a value that is right. */
export type ValuesOf<P extends Parameters> = { readonly [Name in keyof P]: ValueOf<P[Name]> };

/** One half of a strategy before its parameters are chosen. */
interface Definition<P extends Parameters> {
  /** snake_case; no order and placement share a name. */
  readonly name: string;
  /** Grows when the same parameters would decide differently. */
  readonly version: number;
  /** A few words for a list. */
  readonly summary: string;
  /** What it does, in sentences. */
  readonly description: string;
  readonly parameters: P;
  /** @returns what is wrong with values that are each within their range; `undefined` when nothing is. */
  refuse?(params: ValuesOf<P>): string | undefined;
}

/** Which task is next. */
export interface OrderDefinition<P extends Parameters = Parameters> extends Definition<P> {
  readonly complexity: Complexity;
  /** The placement that goes with it where none is named; default `min_cost`. */
  readonly place?: string;
  create(params: ValuesOf<P>, context: StrategyContext): Order;
}

/** Which pool a task gets. */
export interface PlaceDefinition<P extends Parameters = Parameters> extends Definition<P> {
  create(params: ValuesOf<P>, context: StrategyContext): { readonly place: Place; readonly learn?: Learn };
}

/** Declares an order; the names and types of its parameters are checked against their use. */
export function defineOrder<const P extends Parameters>(definition: OrderDefinition<P>): OrderDefinition<P> {
  return definition;
}

/** Declares a placement, likewise. */
export function definePlace<const P extends Parameters>(definition: PlaceDefinition<P>): PlaceDefinition<P> {
  return definition;
}
