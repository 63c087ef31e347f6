/** Work of which some may run at once, and that fails as a whole when one of it fails. */
export interface Queue {
  /** Settles when there is room for more. @throws whatever failed before */
  add(work: () => Promise<void>): Promise<void>;
  /** Settles when all is done. @throws whatever failed */
  idle(): Promise<void>;
}

export function createQueue(atOnce: number): Queue {
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;

  function check(): void {
    if (failure !== undefined) throw failure.error;
  }

  return {
    async add(work) {
      check();
      const run: Promise<void> = work()
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => running.delete(run));
      running.add(run);
      if (running.size >= atOnce) await Promise.race(running);
    },
    async idle() {
      await Promise.all(running);
      check();
    },
  };
}
