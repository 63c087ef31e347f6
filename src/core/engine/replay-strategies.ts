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
  return choices.map((choice, i) => {
    try {
      return named(choice);
    } catch (error) {
      if (!(error instanceof TaskRouterError)) throw error;
      const errors = error.errors.map(({ path, message }) => ({ path: path.replace(/^\/body/, `/body/strategies/${i}`), message }));
      throw new TaskRouterError(error.code, error.message, { errors });
    }
  });
}
