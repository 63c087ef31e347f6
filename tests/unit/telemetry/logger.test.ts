import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/core/domain/events.ts';
import type { EventBus } from '../../../src/core/engine/event-bus.ts';
import { logSystemEvents } from '../../../src/telemetry/log-events.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';

function setup(level: 'info' | 'warn' = 'info') {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({ level, to: { write: (line) => void lines.push(JSON.parse(line)) } });
  return { logger, lines };
}

describe('logger', () => {
  it('writes one JSON object a line, with the level as a word and the time in ISO 8601', () => {
    const { logger, lines } = setup();
    logger.info({ pool: 'a' }, 'pool changed');
    expect(lines).toEqual([{ level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), pool: 'a', msg: 'pool changed' }]);
  });

  it('keeps to its level', () => {
    const { logger, lines } = setup('warn');
    logger.info({}, 'quiet');
    logger.warn({}, 'loud');
    expect(lines.map((line) => line['msg'])).toEqual(['loud']);
  });

  it('an error is written with its text and stack', () => {
    const { logger, lines } = setup();
    logger.error({ err: new Error('broken') }, 'failed');
    expect(lines[0]?.['err']).toMatchObject({ type: 'Error', message: 'broken', stack: expect.stringContaining('broken') });
  });

  it('secrets, and what clients sent, do not reach the log at any of the usual places', () => {
    const { logger, lines } = setup();
    const secret = 'canary-7f3a';
    logger.info({ authorization: secret, payload: secret, token: secret }, 'top');
    logger.info({ headers: { cookie: secret, authorization: secret, 'set-cookie': secret } }, 'headers');
    logger.info({ req: { headers: { authorization: secret } } }, 'request');
    logger.info(
      { task: { payload: { deep: secret }, metadata: { note: secret } }, config: { api_key: secret, password: secret } },
      'nested',
    );
    expect(lines).toHaveLength(4);
    expect(JSON.stringify(lines)).not.toContain(secret);
    expect(JSON.stringify(lines)).toContain('[redacted]');
  });
});

describe('system events in the log', () => {
  it('writes a line for what concerns the whole, and none for tasks', () => {
    const { logger, lines } = setup();
    let tell: (entries: readonly LogEntry[]) => void = () => {};
    const events: EventBus = {
      onEntries(listener) {
        tell = listener;
        return () => {
          tell = () => {};
        };
      },
      onChange: () => () => {},
    };
    const stop = logSystemEvents(events, logger);
    const switched: LogEntry = {
      seq: 9,
      at: 0,
      type: 'algorithm_switched',
      taskSeq: null,
      taskId: null,
      details: { algorithm: 'priority', by: 'api' },
    };
    tell([{ ...switched, type: 'created', taskSeq: 1, taskId: 'id' }, switched]);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'info', msg: 'algorithm switched', algorithm: 'priority', by: 'api', seq: 9 }),
    ]);
    stop();
    tell([switched]);
    expect(lines).toHaveLength(1);
  });
});
