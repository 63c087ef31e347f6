import { isTaskEvent, type LogEntry } from '../events.ts';
import type { Task } from '../task.ts';
import { isTerminal } from '../task-status.ts';
import type { Seq } from '../units.ts';
import type { LogRows, World } from '../world.ts';
import { kinProblem } from './kin-walk.ts';
import { createLimitWalk } from './limit-walk.ts';
import type { Finding, RuleId } from './rule.ts';
import { stepOf, type TaskWalk } from './task-walk.ts';

/** Everything the log proves by itself, in one walk from its floor to its head, and whether it folds to the rows. */
export function walkRules(world: World, log: LogRows): readonly (readonly [RuleId, readonly Finding[]])[] {
  const found = { I2: [], I3: [], I4: [], I5: [], I6: [], I12: [], I13: [], I14: [], I20: [], I21: [] } as Record<WalkRule, Finding[]>;
  const tasks = new Map(world.rows.tasks.map((task) => [task.seq, task]));
  const walks = new Map<Seq, TaskWalk>();
  const limits = createLimitWalk(tasks);
  const isComplete = log.floor <= 1;
  let next = log.floor;
  let strategy: Strategy | undefined;

  for (const entry of log.entries) {
    if (entry.seq !== next) found.I5.push({ message: `log row ${next} is missing` });
    next = entry.seq + 1;
    if (entry.type === 'algorithm_switched') strategy = strategyOf(entry);
    if (entry.taskSeq !== null && isTaskEvent(entry.type)) walkTask(entry, entry.taskSeq);
    const over = limits.step(entry);
    if (over !== undefined) found[over.rule].push(over.finding);
  }
  if (next - 1 !== log.head && log.head > 0) found.I5.push({ message: `the log ends at ${next - 1} and its head is ${log.head}` });
  if (log.chainHolds === false) found.I5.push({ message: 'the hash chain is broken' });
  foldsToRows();
  return Object.entries(found) as [WalkRule, Finding[]][];

  function walkTask(entry: LogEntry, seq: Seq): void {
    const before = walks.get(seq);
    const step = stepOf(before, entry, { isComplete, forced: world.history?.forcedDue });
    walks.set(seq, step.walk);
    for (const { rule, message } of step.findings) found[rule].push({ seq, message });
    const kin = kinProblem(entry, tasks.get(seq)?.dependsOn ?? null, (parent) => walks.get(parent)?.status);
    if (kin !== undefined) found.I21.push({ seq, message: kin });
    if (entry.type === 'scheduled') {
      const message = decidedBy(strategy, entry);
      if (message !== undefined) found.I20.push({ seq, message });
    }
  }

  function foldsToRows(): void {
    for (const task of world.rows.tasks) {
      const message = differs(task, walks.get(task.seq), isComplete);
      if (message !== undefined) found.I5.push({ seq: task.seq, message });
    }
    for (const [seq, { status }] of walks) {
      if (!tasks.has(seq) && !isTerminal(status)) found.I14.push({ seq, message: `was ${status} and its row is gone` });
    }
  }
}

type WalkRule = Extract<RuleId, 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I12' | 'I13' | 'I14' | 'I20' | 'I21'>;

interface Strategy {
  readonly algorithm: unknown;
  readonly epoch: unknown;
}

function strategyOf({ details }: LogEntry): Strategy {
  return { algorithm: details['algorithm'], epoch: details['epoch'] };
}

/** Every decision after the row of a switch is the new strategy's, and every one before it the old one's. */
function decidedBy(strategy: Strategy | undefined, { seq, details }: LogEntry): string | undefined {
  if (strategy === undefined || (details['algorithm'] === strategy.algorithm && details['epoch'] === strategy.epoch)) return undefined;
  const said = `${String(details['algorithm'])}, epoch ${String(details['epoch'])}`;
  return `row ${seq} was decided by ${said} while ${String(strategy.algorithm)}, epoch ${String(strategy.epoch)} was in force`;
}

function differs(task: Task, walk: TaskWalk | undefined, isComplete: boolean): string | undefined {
  if (walk === undefined) return isComplete ? 'has a row and is not in the log' : undefined;
  if (walk.status !== task.status) return `the log folds to ${walk.status} and the row says ${task.status}`;
  if (walk.attempt !== undefined && walk.attempt !== task.attempt)
    return `the log folds to attempt ${walk.attempt}, the row says ${task.attempt}`;
  if (walk.lastSeq !== task.version) return `its latest log row is ${walk.lastSeq} and the row says ${task.version}`;
  return undefined;
}
