import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';

function setup(options: Parameters<typeof createVirtualClock>[0] = {}) {
  const clock = createVirtualClock({ startAt: 1_000_000, ...options });
  const seen: string[] = [];
  const note = (name: string) => () => void seen.push(`${name}@${clock.monotonicMs()}`);
  return { clock, seen, note };
}

describe('virtual clock', () => {
  it('runs timers in order of time, then of arming, and stands at the target', () => {
    const { clock, seen, note } = setup();
    clock.after(20, note('c'));
    clock.after(10, note('a'));
    clock.after(10, note('b'));
    clock.after(31, note('late'));
    clock.advanceTo(30);
    expect(seen).toEqual(['a@10', 'b@10', 'c@20']);
    expect(clock.monotonicMs()).toBe(30);
    expect(clock.now()).toBe(1_000_030);
    expect(clock.nextAt()).toBe(31);
  });

  it('runs what events arm on the way', () => {
    const { clock, seen, note } = setup();
    clock.after(10, () => clock.after(5, note('chained')));
    clock.advanceTo(15);
    expect(seen).toEqual(['chained@15']);
  });

  it('soon comes before a timer that is due at the same time, in order of asking', () => {
    const { clock, seen, note } = setup();
    clock.after(0, note('timer'));
    clock.soon(note('first'));
    clock.soon(note('second'));
    while (clock.runNext());
    expect(seen).toEqual(['first@0', 'second@0', 'timer@0']);
  });

  it('a timer called off never runs, and calling it off again or late does nothing', () => {
    const { clock, seen, note } = setup();
    const cancels = [5, 1, 9, 3, 7, 2, 8, 4, 6].map((ms) => [ms, clock.after(ms, note(String(ms)))] as const);
    for (const [ms, cancel] of cancels) if (ms % 2 === 0) cancel();
    for (const [ms, cancel] of cancels) if (ms % 2 === 0) cancel();
    clock.advanceTo(100);
    expect(seen).toEqual(['1@1', '3@3', '5@5', '7@7', '9@9']);
    for (const [, cancel] of cancels) cancel();
    expect(clock.pending()).toBe(0);
  });

  it('a crash drops the timers of its owner and no others', () => {
    const { clock, seen, note } = setup();
    const first = clock.owned('server-1');
    const second = clock.owned('server-2');
    first.after(1, note('first'));
    first.soon(note('first soon'));
    second.after(2, note('second'));
    clock.after(3, note('harness'));
    expect(clock.pending('server-1')).toBe(2);
    expect(clock.dropOwner('server-1')).toBe(2);
    clock.advanceTo(10);
    expect(seen).toEqual(['second@2', 'harness@3']);
  });

  it('a jump of the wall clock moves now() and neither monotonic time nor timers', () => {
    const { clock, seen, note } = setup();
    clock.after(10, note('a'));
    clock.jumpWall(-3_600_000);
    expect(clock.now()).toBe(1_000_000 - 3_600_000);
    expect(clock.monotonicMs()).toBe(0);
    clock.advanceTo(9);
    expect(seen).toEqual([]);
    clock.advanceTo(10);
    expect(seen).toEqual(['a@10']);
  });

  it('a drawn tie decides among events of one millisecond', () => {
    const draws = [2, 0, 1];
    const { clock, seen, note } = setup({ tie: () => draws.shift() ?? 0 });
    clock.after(1, note('x'));
    clock.after(1, note('y'));
    clock.after(1, note('z'));
    clock.advanceTo(1);
    expect(seen).toEqual(['y@1', 'z@1', 'x@1']);
  });

  it('settleTo lets promises have their say between two events', async () => {
    const { clock, seen, note } = setup();
    const sleep = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
    const work = (async () => {
      await sleep(10);
      note('one')();
      await sleep(10);
      note('two')();
    })();
    await clock.settleTo(20, () => new Promise((resolve) => setImmediate(resolve)));
    await work;
    expect(seen).toEqual(['one@10', 'two@20']);
  });

  it('keeps order over many timers armed and called off at random', () => {
    const { clock } = setup();
    const order: number[] = [];
    const cancels: (() => void)[] = [];
    for (let i = 0; i < 2_000; i++) {
      const ms = (i * 7_919) % 1_009;
      cancels.push(clock.after(ms, () => order.push(clock.monotonicMs())));
    }
    for (let i = 0; i < cancels.length; i += 3) cancels[i]?.();
    while (clock.runNext());
    expect(order).toHaveLength(2_000 - Math.ceil(2_000 / 3));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });
});
