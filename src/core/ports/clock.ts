import type { EpochMs, Ms } from '../domain/units.ts';

/**
 * The only door through which time comes in. The live server passes the system clock, the simulation a virtual one.
 * Read `now()` once per operation and hand it down.
 */
export interface Clock {
  /** Wall time: for what is stored and shown. May jump. */
  now(): EpochMs;
  /** Never goes back and never jumps: for differences, timeouts and leases. */
  monotonicMs(): number;
  /**
   * Runs `fn` once, `delayMs` from now (monotonic). Returns how to call it off; calling that twice, or late, does nothing.
   * An armed timer does not keep the process alive.
   */
  after(delayMs: Ms, fn: () => void): () => void;
  /** Runs `fn` after the current turn of the event loop, when the input that is already there has been taken in. */
  soon(fn: () => void): void;
}
