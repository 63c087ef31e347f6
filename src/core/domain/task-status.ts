/**
 * The lifecycle of a task as data: every arrow there is, and no other.
 * Code asks this table; the diagram in docs/state-machine.md is made from it.
 */
export const taskStatuses = ['delayed', 'queued', 'processing', 'completed', 'failed', 'cancelled'] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export const transitions = {
  delayed: { due: 'queued', cancel: 'cancelled', expire: 'failed', reject: 'failed', skip: 'cancelled' },
  queued: { dispatch: 'processing', cancel: 'cancelled', expire: 'failed' },
  processing: {
    succeed: 'completed',
    fail: 'failed',
    lose: 'failed',
    expire: 'failed',
    retry: 'delayed',
    release: 'queued',
    requestCancel: 'processing',
    stopped: 'cancelled',
  },
  completed: {},
  failed: {},
  cancelled: {},
} as const satisfies Record<TaskStatus, Partial<Record<string, TaskStatus>>>;

type VerbsOf<S extends TaskStatus> = keyof (typeof transitions)[S] & string;
export type TaskVerb = { [S in TaskStatus]: VerbsOf<S> }[TaskStatus];

/** Where `verb` leads from `from`, or `undefined` when the table has no such arrow. */
export function nextStatus(from: TaskStatus, verb: TaskVerb): TaskStatus | undefined {
  const arrows: Partial<Record<TaskVerb, TaskStatus>> = transitions[from];
  return arrows[verb];
}

/** Terminal statuses are absorbing: nothing leaves them. */
export function isTerminal(status: TaskStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** The table as a Mermaid state diagram, one arrow per verb. */
export function stateMachineDiagram(): string {
  const lines = ['stateDiagram-v2', '  [*] --> queued: submit', '  [*] --> delayed: submit (run_at, depends_on)'];
  for (const from of taskStatuses) {
    for (const [verb, to] of Object.entries(transitions[from])) lines.push(`  ${from} --> ${to}: ${verb}`);
    if (isTerminal(from)) lines.push(`  ${from} --> [*]`);
  }
  return `${lines.join('\n')}\n`;
}
