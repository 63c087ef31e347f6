import type { HandlerReport } from '../core/executors/thread.ts';
import type { AttemptHandle } from '../core/ports/executor.ts';
import type { Logger } from '../core/ports/logger.ts';

/** What handlers say of themselves, as log lines; those of a part say which. */
export function logReports(logger: Pick<Logger, 'info'>): (attempt: AttemptHandle, report: HandlerReport) => void {
  return ({ task, attempt, part }, report) =>
    logger.info({ task: task.id, attempt, ...(part === undefined ? {} : { part: part.index }), ...report }, 'handler');
}
