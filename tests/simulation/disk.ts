import type { Ms } from '../../src/core/domain/units.ts';
import type { CommitFault } from '../../src/store/memory/memory-store.ts';
import { chance, exponential, uniform } from './draws.ts';
import { repeat, type Stage } from './stage.ts';

/** The disk under every start of the server: full for a while, slow, broken at a commit, or the place where the process dies. */
export interface Disk {
  fault(): CommitFault | undefined;
  commitDelayMs(): Ms | undefined;
  /** The process dies at the next commit. */
  dieNext(when: 'before' | 'after'): void;
  /** Start-up is slow by itself on a disk like this: no bound is put on it. */
  readonly isHealthy: boolean;
}

export function createDisk(stage: Stage): Disk {
  const { clock, knobs, recorder } = stage;
  const random = stage.random('disk');
  let fullUntilMs = 0;
  let failsNext = false;
  let diesNext: 'before' | 'after' | undefined;

  if (stage.has('full-disk')) {
    repeat(stage, random.fork('full'), 15_000, () => {
      fullUntilMs = clock.monotonicMs() + uniform(random, 50, 8_000);
      stage.trace('the disk is full');
      recorder.probe('disk full');
    });
  }
  if (stage.has('failed-disk')) {
    repeat(stage, random.fork('failed'), 30_000, () => {
      failsNext = true;
    });
  }
  const isFull = () => stage.isFaulty() && clock.monotonicMs() < fullUntilMs;

  return {
    fault() {
      if (!stage.isFaulty()) return undefined;
      if (isFull()) return { kind: 'full' };
      if (failsNext) {
        failsNext = false;
        recorder.probe('disk failed');
        return { kind: 'failed' };
      }
      if (diesNext !== undefined || (stage.has('commit-crashes') && chance(random, knobs.commitCrashRatio))) {
        const when = diesNext ?? (chance(random, 0.5) ? 'before' : 'after');
        diesNext = undefined;
        recorder.probe(`died ${when} a commit`);
        return { kind: 'crash', when };
      }
      return undefined;
    },
    commitDelayMs() {
      if (!stage.isFaulty() || !stage.has('slow-disk') || chance(random, 0.5)) return undefined;
      return exponential(random, knobs.commitMs);
    },
    dieNext(when) {
      diesNext = when;
    },
    get isHealthy() {
      return !isFull() && !(stage.isFaulty() && stage.has('slow-disk'));
    },
  };
}
