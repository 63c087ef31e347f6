import { uuidv7 } from 'uuidv7';
import { describe, expect, it, vi } from 'vitest';
import { createRandomWords } from '../../../src/core/system/random-words.ts';
import { createSystemClock } from '../../../src/core/system/system-clock.ts';
import { createSystemRandom } from '../../../src/core/system/system-random.ts';
import { createIds } from '../../../src/core/system/uuid.ts';

describe('system clock', () => {
  it('never runs a timer before its time on the monotonic clock', async () => {
    const clock = createSystemClock();
    const early = await Promise.all(
      Array.from({ length: 50 }, (_, n) => {
        const dueAt = clock.monotonicMs() + n / 7;
        return new Promise<boolean>((resolve) => clock.after(n / 7, () => resolve(clock.monotonicMs() < dueAt)));
      }),
    );
    expect(early).not.toContain(true);
  });

  it('a delay longer than setTimeout takes does not fire at once', () => {
    vi.useFakeTimers();
    try {
      const fn = vi.fn();
      const month = 40 * 24 * 3_600_000;
      createSystemClock().after(month, fn);
      vi.advanceTimersByTime(month - 1);
      expect(fn).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(fn).toHaveBeenCalledOnce();
    } finally {
      vi.useRealTimers();
    }
  });

  it('a timer called off does not run, nor does calling it off late do anything', async () => {
    const clock = createSystemClock();
    const fn = vi.fn();
    const callOff = clock.after(1, fn);
    callOff();
    await new Promise<void>((resolve) => {
      const late = clock.after(5, () => {
        late();
        resolve();
      });
    });
    expect(fn).not.toHaveBeenCalled();
  });

  it('a timer keeps no process alive', () => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const callOff = createSystemClock().after(60_000, () => {});
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length).toBe(before);
    callOff();
  });

  it('soon comes after the promises of this turn', async () => {
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      createSystemClock().soon(() => {
        seen.push('soon');
        resolve();
      });
      void Promise.resolve().then(() => seen.push('promise'));
    });
    expect(seen).toEqual(['promise', 'soon']);
  });
});

describe('chance and ids', () => {
  it('random numbers are in [0, 1) and differ', () => {
    const random = createSystemRandom();
    const draws = Array.from({ length: 1_000 }, () => random.next());
    expect(draws.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(new Set(draws).size).toBe(1_000);
  });

  it('ids are uuid v7 in lower case, and later ones sort after earlier ones', () => {
    const ids = createIds(uuidv7);
    const made = Array.from({ length: 10_000 }, () => ids.taskId());
    expect(made.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true);
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
    expect(createIds(() => 'ABC').taskId()).toBe('abc');
  });
});

describe('random words', () => {
  it('are 32-bit numbers that do not repeat from one drawing to the next', () => {
    const source = createRandomWords();
    const drawn = Array.from({ length: 3_000 }, () => source.nextUint32());
    expect(drawn.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32)).toBe(true);
    // 3,000 of 2^32: two equal ones by chance are one case in a thousand, ten are none.
    expect(new Set(drawn).size).toBeGreaterThan(2_990);
  });
});
