import type { RuleId } from '../../src/core/domain/invariants/rule.ts';
import type { Engine } from '../../src/core/engine/engine.ts';
import type { SeededRandom } from '../../src/core/replay/seeded-random.ts';
import type { VirtualClock } from '../../src/core/replay/virtual-clock.ts';
import { chance, exponential } from './draws.ts';
import type { Recorder } from './history.ts';
import type { FaultKind, Knobs } from './knobs.ts';

/** What came of a request; `unknown`: the server died before it answered. */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unknown' };

/**
 * A broken promise. `error`: something was thrown that nobody may throw; `drain`: a drain left work behind; `leak`: timers were left behind;
 * `answer`: a request was answered wrongly.
 */
export interface Problem {
  readonly rule: RuleId | 'error' | 'drain' | 'leak' | 'answer';
  readonly message: string;
}

/** What all who take part in a simulation share. */
export interface Stage {
  readonly clock: VirtualClock;
  readonly knobs: Knobs;
  readonly recorder: Recorder;
  /** A stream of chance of one's own. */
  random(label: string): SeededRandom;
  /** Whether faults, clients and operators are at work; later everything must come to rest. */
  isFaulty(): boolean;
  has(kind: FaultKind): boolean;
  /** The server takes requests: it has started, and is not stopping. */
  isReady(): boolean;
  /** Sends a request to the server. A refusal with a code that is neither `expected` nor always possible is a problem. */
  ask<T>(expected: readonly string[], call: (engine: Engine) => Promise<T>): Promise<Answer<T>>;
  /** Runs `act` right after the next COMMIT, before the engine's next turn: the moment at which most races are. */
  ambush(act: () => void): void;
  problem(rule: Problem['rule'], message: string): void;
  trace(message: string): void;
}

/** Acts at random moments for as long as faults may happen; every second time in the middle of what the engine is doing. */
export function repeat(stage: Stage, random: SeededRandom, meanMs: number, act: () => void | Promise<void>): void {
  const step = () => {
    if (!stage.isFaulty()) return;
    if (chance(random, 0.5)) perform(stage, act);
    else stage.ambush(() => stage.isFaulty() && perform(stage, act));
    stage.clock.after(exponential(random, meanMs), step);
  };
  stage.clock.after(exponential(random, meanMs), step);
}

/** Whatever an act throws is a finding, not an unhandled rejection. */
export function perform(stage: Stage, act: () => void | Promise<void>): void {
  const failed = (error: unknown) => stage.problem('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
  try {
    act()?.catch(failed);
  } catch (error) {
    failed(error);
  }
}
