import { TaskRouterError } from '../domain/errors.ts';
import type { NamedStrategy } from '../domain/replay.ts';
import type { StrategyChoice } from '../strategies/registry.ts';

/**
 * The strategies of a request as they would be stored.
 * @throws TaskRouterError `unknown_reference`, `validation_failed`: with the place in the list
 */
export function namedStrategies(
  choices: readonly StrategyChoice[],
  named: (choice: StrategyChoice) => NamedStrategy,
): readonly NamedStrategy[] {
  const strategies = choices.map((choice, i) => {
    try {
      return named(choice);
    } catch (error) {
      if (!(error instanceof TaskRouterError)) throw error;
      const errors = error.errors.map(({ path, message }) => ({ path: path.replace(/^\/body/, `/body/strategies/${i}`), message }));
      throw new TaskRouterError(error.code, error.message, { errors });
    }
  });
  refuseTwice(strategies);
  return strategies;
}

/** The same name with other parameters is another strategy. */
function refuseTwice(strategies: readonly NamedStrategy[]): void {
  const texts = strategies.map(({ name, params }) => JSON.stringify([name, params]));
  const again = texts.findIndex((text, i) => texts.indexOf(text) < i);
  const twice = strategies[again];
  if (twice === undefined) return;
  const message = `must not be told twice: ${twice.name}, with these parameters, is there already`;
  throw new TaskRouterError('validation_failed', `strategies/${again} ${message}.`, {
    errors: [{ path: `/body/strategies/${again}`, message }],
  });
}
