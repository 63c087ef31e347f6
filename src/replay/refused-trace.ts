import { TaskRouterError } from '../core/domain/errors.ts';
import { TraceError } from '../core/replay/trace-error.ts';

/** What is wrong with a trace, for who sent it; `undefined`: the fault is another. */
export function refusedTrace(error: unknown): TaskRouterError | undefined {
  if (!(error instanceof TraceError)) return undefined;
  const { message } = error;
  return new TaskRouterError('validation_failed', `The trace cannot be replayed: ${message}.`, {
    errors: [{ path: '/body/trace', message }],
  });
}
