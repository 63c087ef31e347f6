import { TaskRouterError } from '../../domain/errors.ts';
import type { ReplayRequest } from '../../domain/replay.ts';
import type { History, HistoryExtent } from '../../ports/history.ts';

/** Tasks of one replay: some minutes of computing for a handful of strategies. */
const mostOfOne = 5_000_000;

/**
 * @param mostTasks a window may hold
 * @throws TaskRouterError `validation_failed`: there is nothing in the window, or too much
 */
export function windowExtent(
  history: Pick<History, 'extent'>,
  { from, to }: Pick<ReplayRequest, 'from' | 'to'>,
  mostTasks = mostOfOne,
): HistoryExtent {
  const extent = history.extent(from, to);
  if (extent === undefined)
    throw refused(`must hold tasks, and none that is still stored was accepted between ${iso(from)} and ${iso(to)}`);
  if (extent.stored > mostTasks) {
    throw refused(
      `must hold at most ${mostTasks.toLocaleString('en-US')} tasks, and holds ${extent.stored.toLocaleString('en-US')}: choose a shorter one`,
    );
  }
  return extent;
}

function refused(message: string): TaskRouterError {
  return new TaskRouterError('validation_failed', `window ${message}.`, { errors: [{ path: '/body/window', message }] });
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
