import type { ReplayRequest } from '../../domain/replay.ts';
import { emptyWindow, refusedWindow } from '../../domain/replay-window.ts';
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
  if (extent === undefined) throw emptyWindow(from, to);
  if (extent.stored > mostTasks) {
    throw refusedWindow(
      `must hold at most ${mostTasks.toLocaleString('en-US')} tasks, and holds ${extent.stored.toLocaleString('en-US')}: choose a shorter one`,
    );
  }
  return extent;
}
