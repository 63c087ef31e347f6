import { describe, expect, it } from 'vitest';
import type { ReplayListener, ReplayRunner } from '../../../src/core/ports/replay-runner.ts';
import { caller, setup } from '../../helpers/engine.ts';

/** A runner that the test drives. */
function aRunner(begun: () => Promise<void> = () => Promise.resolve()) {
  const heard: ReplayListener[] = [];
  let cancelled = 0;
  const runner: ReplayRunner = {
    async start(_request, _runnable, listener) {
      heard.push(listener);
      await begun();
      return { tasks: 7, cancel: () => cancelled++ };
    },
  };
  return { runner, heard, cancelled: () => cancelled };
}

const request = { from: 0, to: 9e12, strategies: [{ algorithm: 'sjf' }], pools: [], seed: 1 };

/** With one task on record. */
async function withHistory(options: Parameters<typeof setup>[0]) {
  const server = await setup(options);
  await server.submit();
  return server;
}

describe('replays of the engine', () => {
  it('are answered before their thread has begun, and count what it finds', async () => {
    let begin = () => {};
    const { runner } = aRunner(() => new Promise((resolve) => (begin = resolve)));
    const { engine, answered, pass } = await withHistory({ replayRunner: runner });
    const { id, progress } = await answered(engine.replay(request, caller));
    expect(progress).toEqual({ done: 0, total: 1 });
    begin();
    await pass();
    expect(engine.replayOf(id)).toMatchObject({ status: 'running', progress: { done: 0, total: 7 } });
  });

  it('end with what their thread has against them, once', async () => {
    const { runner, heard } = aRunner(() => Promise.reject(new Error('too many tasks')));
    const { engine, answered, pass, told } = await withHistory({ replayRunner: runner });
    const { id } = await answered(engine.replay(request, caller));
    heard[0]?.failed('too many tasks');
    await pass();
    expect(engine.replayOf(id)).toMatchObject({ status: 'failed', error: 'too many tasks' });
    expect(told().filter((type) => type === 'replay_ended')).toHaveLength(1);
  });

  it('that are cancelled while their thread begins leave none behind', async () => {
    let begin = () => {};
    const { runner, cancelled } = aRunner(() => new Promise((resolve) => (begin = resolve)));
    const { engine, answered, pass } = await withHistory({ replayRunner: runner });
    const { id } = await answered(engine.replay(request, caller));
    await answered(engine.cancelReplay(id));
    expect(cancelled()).toBe(0);
    begin();
    await pass();
    expect([cancelled(), engine.replayOf(id)?.status]).toEqual([1, 'cancelled']);
    expect((await answered(engine.replay(request, caller))).status).toBe('running');
  });

  it('have a window with tasks', async () => {
    const { runner, heard } = aRunner();
    const { engine, answered } = await withHistory({ replayRunner: runner });
    await expect(answered(engine.replay({ ...request, to: 1 }, caller))).rejects.toMatchObject({ errors: [{ path: '/body/window' }] });
    expect([heard, engine.replays()]).toEqual([[], []]);
  });

  it('tell how far they are, and end with what the runner says', async () => {
    const { runner, heard } = aRunner();
    const { engine, answered, pass } = await withHistory({ replayRunner: runner });
    const { id, request: asked } = await answered(engine.replay(request, caller));
    expect(asked.strategies).toEqual([{ name: 'sjf', params: expect.any(Object) }]);
    heard[0]?.progress(3);
    expect(engine.replayOf(id)?.progress).toEqual({ done: 3, total: 7 });
    heard[0]?.failed('out of memory');
    await pass();
    expect(engine.replayOf(id)).toMatchObject({ status: 'failed', error: 'out of memory', endedAt: expect.any(Number) });
  });

  it('are interrupted by the end of the server, and say so after the next start', async () => {
    const { runner } = aRunner();
    const first = await withHistory({ replayRunner: runner });
    const { id } = await first.answered(first.engine.replay(request, caller));
    const second = await setup({ image: first.crash(), clock: first.clock, replayRunner: runner });
    expect(second.engine.replayOf(id)).toMatchObject({ status: 'interrupted', error: expect.stringContaining('ask for it again') });
    const third = await setup({ image: second.crash(), clock: first.clock, replayRunner: runner });
    expect(third.engine.replays()).toMatchObject([{ id, status: 'interrupted', request: { seed: 1 } }]);
    expect(third.told().filter((type) => type === 'replay_ended')).toHaveLength(1);
  });

  it('are ended by a drain', async () => {
    const { runner, cancelled } = aRunner();
    const { engine, answered } = await withHistory({ replayRunner: runner });
    const { id } = await answered(engine.replay(request, caller));
    await answered(engine.drain(0), 1_000);
    expect([engine.replayOf(id)?.status, cancelled()]).toEqual(['interrupted', 1]);
  });

  it('are not there without a runner', async () => {
    const { engine } = await setup();
    await expect(engine.replay(request, caller)).rejects.toMatchObject({ code: 'not_found' });
  });
});
