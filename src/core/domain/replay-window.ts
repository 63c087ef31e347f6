import { TaskRouterError } from './errors.ts';
import type { EpochMs } from './units.ts';

/** What is wrong with the window of a replay. */
export function refusedWindow(message: string): TaskRouterError {
  return new TaskRouterError('validation_failed', `window ${message}.`, { errors: [{ path: '/body/window', message }] });
}

export function emptyWindow(from: EpochMs, to: EpochMs): TaskRouterError {
  const [begin, end] = [new Date(from).toISOString(), new Date(to).toISOString()];
  return refusedWindow(`must hold tasks, and none that is still stored was accepted between ${begin} and ${end}`);
}
