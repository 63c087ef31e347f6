import type { Caller, Engine } from '../../core/engine/engine.ts';
import type { TaskQuery } from '../../core/ports/task-store.ts';
import type { TaskSummaryBody } from '../schemas/task.ts';
import { taskSummaryView } from '../views/task.ts';

/** A page of tasks as lists show them, with why the waiting ones wait. */
export async function readRows(engine: Engine, query: TaskQuery, viewer: Caller) {
  const page = await engine.tasks(query, viewer);
  const tasks: readonly TaskSummaryBody[] = page.tasks.map((task) => taskSummaryView(task, engine.reasonOf(task), engine.progressOf(task)));
  return { page, tasks };
}
