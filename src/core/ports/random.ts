/** The only door through which chance comes in; seeded in tests and replays. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}
