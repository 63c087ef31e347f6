import type { TaskId } from '../../domain/units.ts';
import type { OutputFeed, OutputPiece } from '../../ports/task-files.ts';

/** Hands output from the attempts that write it to those who watch; costs nothing while nobody does. */
export function createOutputFeed(): OutputFeed & { tell(piece: OutputPiece): void } {
  const listeners = new Map<TaskId, Set<(piece: OutputPiece) => void>>();
  return {
    on(task, listener) {
      const those = listeners.get(task) ?? new Set();
      listeners.set(task, those.add(listener));
      return () => {
        those.delete(listener);
        if (those.size === 0 && listeners.get(task) === those) listeners.delete(task);
      };
    },
    tell(piece) {
      for (const listener of listeners.get(piece.task) ?? []) listener(piece);
    },
  };
}
