import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/core/domain/events.ts';
import { createEventBus } from '../../../src/core/engine/event-bus.ts';
import { caller, setup, silent } from '../../helpers/engine.ts';

describe('waiting for a task to end', () => {
  it('answers when the end is committed', async () => {
    const { engine, hands, pass, submit } = await setup();
    const { id } = await submit();
    const seen: unknown[] = [];
    void engine.waitFor(id, 60_000, caller).then((task) => seen.push(task?.status));
    await pass(1_000);
    expect(seen).toEqual([]);
    hands.end(1);
    await pass();
    expect(seen).toEqual(['completed']);
  });

  it('answers with the task as it is when the time is over', async () => {
    const { engine, answered, submit } = await setup();
    const { id } = await submit();
    expect(await answered(engine.waitFor(id, 5_000, caller), 5_000)).toMatchObject({ status: 'processing' });
  });

  it('answers at once for one that ended, and for an unknown one', async () => {
    const { engine, answered, hands, pass, submit } = await setup();
    const { id } = await submit();
    hands.end(1);
    await pass();
    expect(await answered(engine.waitFor(id, 60_000, caller))).toMatchObject({ status: 'completed' });
    expect(await answered(engine.waitFor('nobody', 60_000, caller))).toBeUndefined();
  });

  it('ends with the request, and leaves nothing behind', async () => {
    const { engine, answered, submit, pending } = await setup();
    const { id } = await submit();
    const before = pending();
    const gone = new AbortController();
    const waited = engine.waitFor(id, 60_000, caller, gone.signal);
    const other = engine.waitFor(id, 1_000, caller);
    gone.abort();
    await answered(Promise.all([waited, other]), 1_000);
    expect(pending()).toBe(before);
  });
});

describe('the event bus', () => {
  it('tells of changes once a turn', async () => {
    const { engine, hands, pass, submit } = await setup();
    const topics: string[] = [];
    const unsubscribe = engine.events.onChange((topic) => topics.push(topic));
    await submit();
    topics.length = 0;
    hands.end(1);
    await pass();
    expect(topics.sort()).toEqual(['pools', 'stats']);
    unsubscribe();
    await submit();
    expect(topics).toHaveLength(2);
  });

  it('gives each commit to every listener, though one of them fails', async () => {
    const { store, own, submit } = await setup();
    const bus = createEventBus({ store, clock: own, logger: silent });
    const seen: LogEntry['type'][] = [];
    bus.onEntries(() => {
      throw new Error('a bad listener');
    });
    bus.onEntries((entries) => seen.push(...entries.map((entry) => entry.type)));
    await submit();
    expect(seen).toEqual(['created', 'scheduled']);
  });
});
