import type { ExecutorName } from '../domain/pool.ts';
import type { Clock } from '../ports/clock.ts';
import type { Executor } from '../ports/executor.ts';
import { createFunctionExecutor, type FunctionExecutorDeps, type FunctionExecutorOptions } from './function.ts';
import { createSimulatedExecutor } from './simulated.ts';

export interface ExecutorDeps extends FunctionExecutorDeps {
  readonly clock: Clock;
  /** Those made elsewhere. */
  readonly more?: readonly Executor[];
}

/** Every executor of this server, by the name that pools use. */
export function createExecutors(deps: ExecutorDeps, options: FunctionExecutorOptions = {}): ReadonlyMap<ExecutorName, Executor> {
  const executors = [createSimulatedExecutor(deps), createFunctionExecutor(deps, options), ...(deps.more ?? [])];
  return new Map(executors.map((executor) => [executor.name, executor]));
}
