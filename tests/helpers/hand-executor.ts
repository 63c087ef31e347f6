import type { Outcome } from '../../src/core/domain/attempt.ts';
import { inputOf } from '../../src/core/domain/dependency.ts';
import type { TaskId } from '../../src/core/domain/units.ts';
import type { AttemptHandle, Executor } from '../../src/core/ports/executor.ts';

/** An executor in the hands of the test: `echo` returns its input, `fail` fails for good, `hold` runs until the test says how it ends. */
export interface HandExecutor extends Executor {
  /** Ends a held attempt. */
  finish(id: TaskId, outcome: Outcome): void;
  readonly held: number;
}

export function createHandExecutor(): HandExecutor {
  const held = new Map<TaskId, (outcome: Outcome) => void>();

  function hold({ task, signal }: AttemptHandle): Promise<Outcome> {
    return new Promise((resolve) => {
      held.set(task.id, resolve);
      signal.addEventListener('abort', () => resolve({ kind: 'stopped' }), { once: true });
    });
  }

  return {
    name: 'function',
    types: ['echo', 'fail', 'hold'],
    async run(attempt) {
      const { type, payload, id } = attempt.task;
      if (type === 'echo') return { kind: 'succeeded', result: inputOf(payload, attempt.parents) };
      if (type === 'fail') return { kind: 'failed', code: 'broken', message: 'it always fails', retryable: false };
      const outcome = await hold(attempt);
      held.delete(id);
      return outcome;
    },
    finish(id, outcome) {
      const end = held.get(id);
      if (end === undefined) throw new Error(`task ${id} is not running`);
      end(outcome);
    },
    get held() {
      return held.size;
    },
    async close() {
      for (const end of held.values()) end({ kind: 'stopped' });
    },
  };
}
