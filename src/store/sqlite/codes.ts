import type { AttemptOutcome } from '../../core/domain/attempt.ts';
import type { EventType } from '../../core/domain/events.ts';
import type { TaskStatus } from '../../core/domain/task-status.ts';

/**
 * Numbers in the file for words in the code. Written down, not derived from the order of a list elsewhere: they are part of the file
 * format and never change. The schema's indexes and the trigger name some of them.
 */
export const statusCodes = {
  delayed: 0,
  queued: 1,
  processing: 2,
  completed: 3,
  failed: 4,
  cancelled: 5,
} as const satisfies Record<TaskStatus, number>;

export const eventCodes = {
  created: 0,
  queued: 1,
  scheduled: 2,
  cancel_requested: 3,
  retried: 4,
  lost: 5,
  released: 6,
  completed: 7,
  failed: 8,
  cancelled: 9,
  server_started: 10,
  algorithm_switched: 11,
  pool_added: 12,
  pool_changed: 13,
  pool_removed: 14,
  type_added: 15,
  type_changed: 16,
  type_removed: 17,
  simulation_started: 18,
  simulation_ended: 19,
  tenant_added: 20,
  tenant_changed: 21,
  tenant_removed: 22,
  planned: 23,
  replay_started: 24,
  replay_ended: 25,
  leased: 26,
  node_joined: 27,
  node_left: 28,
  node_lost: 29,
  key_added: 30,
  key_removed: 31,
  wait_bound_passed: 32,
  inputs_noted: 33,
  operation_started: 34,
  operation_ended: 35,
  pool_cooled: 36,
} as const satisfies Record<EventType, number>;

export const outcomeCodes = {
  succeeded: 0,
  failed: 1,
  timed_out: 2,
  lost: 3,
  released: 4,
  cancelled: 5,
} as const satisfies Record<AttemptOutcome, number>;

export function statusName(code: number): TaskStatus {
  return known(statusNames[code], 'status', code);
}

export function eventName(code: number): EventType {
  return known(eventNames[code], 'event', code);
}

export function outcomeName(code: number): AttemptOutcome {
  return known(outcomeNames[code], 'outcome', code);
}

const statusNames = wordsByCode<TaskStatus>(statusCodes);
const eventNames = wordsByCode<EventType>(eventCodes);
const outcomeNames = wordsByCode<AttemptOutcome>(outcomeCodes);

function wordsByCode<Word extends string>(codes: Readonly<Record<Word, number>>): readonly Word[] {
  const words: Word[] = [];
  for (const [word, code] of Object.entries(codes)) words[code as number] = word as Word;
  return words;
}

function known<Word>(word: Word | undefined, what: string, code: number): Word {
  if (word === undefined) throw new Error(`the database holds an unknown ${what} code: ${code}`);
  return word;
}
