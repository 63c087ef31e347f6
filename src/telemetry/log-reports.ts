import type { HandlerReport } from '../core/executors/thread.ts';
import type { AttemptHandle } from '../core/ports/executor.ts';
import type { Logger } from '../core/ports/logger.ts';

/** Lines of handlers, as log lines; those of a part say which. How far an attempt is stands with its task, and would only fill the log. */
export function logReports(logger: Pick<Logger, 'info'>): (attempt: AttemptHandle, report: HandlerReport) => void {
  return ({ task, attempt, part }, report) => {
    if (report.kind === 'progress') return;
    logger.info({ task: task.id, attempt, ...(part === undefined ? {} : { part: part.index }), ...report }, 'handler');
  };
}
