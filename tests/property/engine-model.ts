import type { TaskStatus } from '../../src/core/domain/task-status.ts';
import type { EpochMs } from '../../src/core/domain/units.ts';

/** A task as the model knows it. Its seq is its place in the list, plus one. */
export interface ModelTask {
  readonly seq: number;
  readonly priority: number;
  readonly maxAttempts: number;
  readonly parts: number;
  status: TaskStatus;
  attempt: number;
  used: number;
  /** While delayed; `undefined`: a back-off whose draw the model has not been told. */
  dueAt: EpochMs | undefined;
  result: unknown;
  error: string | undefined;
}

export interface ModelInput {
  readonly priority: number;
  readonly maxAttempts: number;
  /** Of a gang: they start together, each in a slot. */
  readonly parts: number;
  readonly runAt?: EpochMs;
}

/** Timers of the engine fire in steps of this many ms. */
const tickMs = 5;

/** What an engine with one pool and one type must do, in the plainest words: a list, and a sort where it has a heap. */
export class EngineModel {
  readonly tasks: ModelTask[] = [];
  readonly keys = new Map<string, { readonly body: string; readonly seq: number }>();
  strategy: 'fifo' | 'priority' = 'fifo';
  capacity: number;
  isOpen = true;
  now: EpochMs;

  constructor(now: EpochMs, capacity: number) {
    this.now = now;
    this.capacity = capacity;
  }

  submit(input: ModelInput): ModelTask {
    const task = this.add(input);
    this.dispatch();
    return task;
  }

  add({ priority, maxAttempts, parts, runAt }: ModelInput): ModelTask {
    const isDelayed = runAt !== undefined && runAt > this.now;
    const task: ModelTask = {
      ...{ seq: this.tasks.length + 1, priority, maxAttempts, parts, attempt: 0, used: 0, result: null, error: undefined },
      status: isDelayed ? 'delayed' : 'queued',
      dueAt: isDelayed ? runAt : undefined,
    };
    this.tasks.push(task);
    return task;
  }

  with(status: TaskStatus): readonly ModelTask[] {
    return this.tasks.filter((task) => task.status === status);
  }

  /** Waiting tasks in the order they would start. */
  queue(): readonly ModelTask[] {
    const waiting = [...this.with('queued')];
    return this.strategy === 'fifo' ? waiting : waiting.sort((a, b) => b.priority - a.priority || a.seq - b.seq);
  }

  get load(): number {
    return this.with('processing').reduce((sum, { parts }) => sum + parts, 0);
  }

  /** Each in its turn, where there is room for all of it: smaller ones pass a gang that waits for more. */
  dispatch(): void {
    for (const next of this.isOpen ? this.queue() : []) {
      if (this.load + next.parts > this.capacity) continue;
      next.status = 'processing';
      next.attempt++;
      next.used++;
    }
  }

  /** @param retryable whether another attempt may help */
  fail(task: ModelTask, error: string, retryable: boolean): void {
    task.error = error;
    task.status = retryable && task.used < task.maxAttempts ? 'delayed' : 'failed';
    task.dueAt = undefined;
  }

  /** What was lost for the first time is due at once, and those that wait go first. */
  lose(tasks: readonly ModelTask[]): void {
    for (const task of tasks) {
      this.fail(task, 'lost', true);
      if (task.status === 'delayed' && task.used <= 1) task.dueAt = this.now;
    }
    this.dispatch();
    this.advanceTo(this.now);
  }

  advanceTo(now: EpochMs): void {
    this.now = now;
    const tickOf = (task: ModelTask) => Math.ceil((task.dueAt ?? Number.POSITIVE_INFINITY) / tickMs);
    for (;;) {
      const due = this.with('delayed').filter((task) => tickOf(task) * tickMs <= now);
      if (due.length === 0) return;
      const first = Math.min(...due.map(tickOf));
      for (const task of due) if (tickOf(task) === first) this.queueNow(task);
      this.dispatch();
    }
  }

  queueNow(task: ModelTask): void {
    task.status = 'queued';
    task.dueAt = undefined;
  }
}
