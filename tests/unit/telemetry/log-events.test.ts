import { expect, it } from 'vitest';
import type { EventType } from '../../../src/core/domain/events.ts';
import type { JsonObject } from '../../../src/core/domain/json.ts';
import type { EventBus } from '../../../src/core/engine/event-bus.ts';
import { logSystemEvents } from '../../../src/telemetry/log-events.ts';

type Line = readonly ['info' | 'warn' | 'error', unknown, string];

function linesOf(type: EventType, details: JsonObject, taskSeq: number | null = null): Line[] {
  const lines: Line[] = [];
  const write = (level: Line[0]) => (fields: object, message: string) => void lines.push([level, fields, message]);
  const onEntries: EventBus['onEntries'] = (listener) => {
    listener([{ seq: 7, at: 1_000, type, taskSeq, taskId: null, details }]);
    return () => {};
  };
  logSystemEvents({ onEntries } as EventBus, { info: write('info'), warn: write('warn'), error: write('error') });
  return lines;
}

it('tells what happened to the whole, and nothing of single tasks', () => {
  expect(linesOf('pool_changed', { pool: 'a' })).toEqual([['info', { pool: 'a', seq: 7 }, 'pool changed']]);
  expect(linesOf('completed', {}, 3)).toEqual([]);
});

it('leaves out what is written for programs, and the pages of a replay', () => {
  expect(linesOf('planned', {})).toEqual([]);
  expect(linesOf('inputs_noted', {})).toEqual([]);
  expect(linesOf('replay_ended', { status: 'completed', result: { cards: [] } })).toEqual([
    ['info', { status: 'completed', seq: 7 }, 'replay ended'],
  ]);
});

it('warns of tasks that wait longer than was promised', () => {
  expect(linesOf('wait_bound_passed', { tasks: 2 })).toEqual([['warn', { tasks: 2, seq: 7 }, 'wait bound passed']]);
});
