/**
 * Runs changes one after the other, each on what the one before left: a change that reads, asks the store and writes back must not meet
 * another in between. One that fails does not keep the next from its turn.
 */
export function createTurns(): <T>(change: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (change) => {
    const changed = last.then(change);
    last = changed.catch(() => {});
    return changed;
  };
}
