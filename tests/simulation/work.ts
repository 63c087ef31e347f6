import type { Outcome } from '../../src/core/domain/attempt.ts';
import type { Ms, Seq } from '../../src/core/domain/units.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import type { AttemptHandle, Executor } from '../../src/core/ports/executor.ts';
import type { SeededRandom } from '../../src/core/replay/seeded-random.ts';
import { chance, oneOf, uniform } from './draws.ts';
import type { Knobs } from './knobs.ts';

/** What the result of an attempt says: whose it is. A task that completed must carry the stamp of its last attempt. */
export interface Stamp {
  readonly seq: Seq;
  readonly attempt: number;
}

/** An attempt whose executor lost sight of it, or died, while the work goes on and will report one day. */
export interface Zombie extends Stamp {
  readonly inMs: Ms;
}

export interface Work extends Executor {
  /** The process dies: what ran may live on as zombies. */
  crash(): readonly Zombie[];
}

/** A stop must be obeyed within this time, by the contract of the executor port. */
const obeysWithinMs = 2_000;

/**
 * Work that takes a drawn time and ends in every way there is: done, failed, lost while it goes on, thrown, hanging until it is stopped,
 * and deaf to a stop for a while. What an attempt does depends on its own numbers only.
 */
export function createWork(deps: {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly knobs: Knobs;
  readonly serverEpoch: number;
  readonly isFaulty: () => boolean;
  readonly zombie: (zombie: Zombie) => void;
}): Work {
  const { clock, random, knobs, serverEpoch, isFaulty, zombie } = deps;
  const running = new Map<Seq, { readonly attempt: number; readonly end: (outcome: Outcome) => void }>();

  function run(handle: AttemptHandle): Promise<Outcome> {
    const { task, attempt, signal } = handle;
    const draws = random.fork(`${serverEpoch}/${task.seq}/${attempt}`);
    const plan = planOf(draws, { seq: task.seq, attempt });
    if (plan === 'throw') return Promise.reject(new Error('this executor breaks its contract'));
    return new Promise((resolve) => {
      const end = (outcome: Outcome) => {
        if (running.get(task.seq) === entry) running.delete(task.seq);
        resolve(outcome);
      };
      const entry = { attempt, end };
      running.set(task.seq, entry);
      const disarm = plan === 'hang' ? () => {} : clock.after(uniform(draws, ...knobs.runMs), () => end(plan));
      const obey = () => {
        const isDeaf = isFaulty() && knobs.on.has('stubborn-work') && chance(draws, 0.5);
        if (!isDeaf) {
          disarm();
          return end({ kind: 'stopped' });
        }
        // It may well be done before it hears.
        clock.after(uniform(draws, 1, obeysWithinMs), () => {
          disarm();
          end(oneOf<Outcome>(draws, [{ kind: 'stopped' }, success({ seq: task.seq, attempt })]));
        });
      };
      if (signal.aborted) obey();
      else signal.addEventListener('abort', obey, { once: true });
    });
  }

  function planOf(draws: SeededRandom, stamp: Stamp): Outcome | 'hang' | 'throw' {
    if (!isFaulty()) return success(stamp);
    if (knobs.on.has('failing-work') && chance(draws, 0.2))
      return { kind: 'failed', code: 'drawn', message: 'drawn to fail', retryable: chance(draws, 0.7) };
    if (knobs.on.has('hanging-work') && chance(draws, 0.1)) return 'hang';
    if (knobs.on.has('lost-work') && chance(draws, 0.15)) {
      if (chance(draws, 0.2)) return 'throw';
      if (knobs.on.has('zombies')) zombie({ ...stamp, inMs: uniform(draws, 500, 10_000) });
      return { kind: 'lost', message: 'drawn to be lost' };
    }
    return success(stamp);
  }

  return {
    name: 'simulated',
    types: undefined,
    run,
    async close() {
      for (const { end } of [...running.values()]) end({ kind: 'stopped' });
    },
    crash() {
      const draws = random.fork(`${serverEpoch}/crash`);
      const left = [...running].filter(() => knobs.on.has('zombies') && chance(draws, knobs.zombieRatio));
      running.clear();
      return left.map(([seq, { attempt }]) => ({ seq, attempt, inMs: uniform(draws, 1, 10_000) }));
    },
  };
}

function success(stamp: Stamp): Outcome {
  return { kind: 'succeeded', result: { ...stamp } };
}
