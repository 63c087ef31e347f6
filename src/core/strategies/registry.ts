import type { FieldError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import { fifo } from './fifo.ts';
import { minCost } from './min-cost.ts';
import { parametersSchema, readParameters } from './parameters.ts';
import { priority } from './priority.ts';
import { regionAware } from './region-aware.ts';
import type { Complexity, Strategy, StrategyContext, StrategyDefinition } from './strategy.ts';

export type { StrategyContext } from './strategy.ts';

/** In the order they are listed. */
const definitions: readonly StrategyDefinition[] = [fifo, priority, minCost, regionAware];

export type MadeStrategy =
  | { readonly kind: 'made'; readonly strategy: Strategy }
  | {
      /** No such strategy, or parameters it does not take. */
      readonly kind: 'unknown' | 'invalid';
      /** A sentence that names what is allowed. */
      readonly message: string;
      readonly errors: readonly FieldError[];
      /** Names that would have been understood. */
      readonly allowed: readonly string[];
    };

/**
 * A strategy by its wire name, parameters filled up with defaults.
 * Paths of errors are those of the body `{algorithm, params}`.
 */
export function createStrategy(name: string, params: JsonObject = {}, context: StrategyContext = {}): MadeStrategy {
  const definition = definitions.find((known) => known.name === name);
  if (definition === undefined) {
    const allowed = definitions.map((known) => known.name);
    const message = `must be one of ${allowed.join(', ')}`;
    return {
      kind: 'unknown',
      message: `Unknown algorithm ${name}: it ${message}.`,
      errors: [{ path: '/body/algorithm', message }],
      allowed,
    };
  }
  const { values, errors } = readParameters(definition.parameters, params);
  if (errors.length > 0) {
    const allowed = Object.keys(definition.parameters);
    const details = errors.map(({ path, message }) => `${path.slice('/body/'.length)} ${message}`).join('; ');
    return { kind: 'invalid', message: `Parameters of ${name}: ${details}.`, errors, allowed };
  }
  const strategy = { name, version: definition.version, params: values, ...definition.create(values, context) };
  return { kind: 'made', strategy };
}

/** A strategy as clients see it. */
export interface StrategyInfo {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly complexity: Complexity;
  /** JSON Schema, with defaults. */
  readonly parameters: JsonObject;
}

export function listStrategies(): readonly StrategyInfo[] {
  return definitions.map(({ name, summary, description, complexity, parameters }) => ({
    name,
    summary,
    description,
    complexity,
    parameters: parametersSchema(parameters),
  }));
}
