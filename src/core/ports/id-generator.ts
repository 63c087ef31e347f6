import type { TaskId } from '../domain/units.ts';

export interface IdGenerator {
  /** A new uuid v7: later ids sort after earlier ones of the same process. */
  taskId(): TaskId;
}
