/** A stop that most attempts never hear: its signal is made on first use, as making one costs more than a short attempt. */
export interface StopSwitch {
  readonly isThrown: boolean;
  /** The first reason stands. */
  throw(reason?: unknown): void;
  readonly signal: AbortSignal;
  /** As `AttemptHandle.onStop`. */
  onStop(listener: () => void): () => void;
}

export function createStopSwitch(): StopSwitch {
  const listeners = new Set<() => void>();
  let controller: AbortController | undefined;
  let isThrown = false;
  let why: unknown;

  return {
    get isThrown() {
      return isThrown;
    },
    throw(reason) {
      if (isThrown) return;
      isThrown = true;
      why = reason;
      controller?.abort(reason);
      for (const listener of listeners) listener();
      listeners.clear();
    },
    get signal() {
      controller ??= new AbortController();
      if (isThrown) controller.abort(why);
      return controller.signal;
    },
    onStop(listener) {
      if (isThrown) listener();
      else listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
