import type { Ms } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Running } from './running.ts';

export interface Drain {
  /** Lets what runs end for at most `graceMs`, then asks the rest to stop and waits until it has. Nothing new may be decided meanwhile. */
  run(graceMs: Ms): Promise<void>;
  /** Cuts the grace short, now or when it begins. */
  hurry(): void;
}

/** An executor must obey a stop within 2 s; what has not by then is left to the next start as lost. */
const stopGraceMs: Ms = 3_000;
/** Of these, those that nodes have to confirm theirs: the rest is for the COMMIT. */
const confirmMs: Ms = 2_500;

interface DrainDeps {
  readonly clock: Clock;
  readonly dispatcher: Dispatcher;
  readonly running: Running;
  /** What only nodes still have to confirm ends without that. */
  readonly giveUp: () => void;
}

/** Empties the executors before the server ends. A claim whose COMMIT is still out counts as running: it begins when it lands. */
export function createDrain({ clock, dispatcher, running, giveUp }: DrainDeps): Drain {
  let isHurried = false;
  let cut = () => {};

  async function run(graceMs: Ms): Promise<void> {
    await within(isHurried ? 0 : graceMs, ended(), (done) => {
      cut = done;
    });
    const stopping = stopped();
    await within(confirmMs, stopping);
    giveUp();
    await within(stopGraceMs - confirmMs, stopping);
  }

  async function ended(): Promise<void> {
    await dispatcher.landed();
    await running.idle();
  }

  async function stopped(): Promise<void> {
    stopAll();
    await dispatcher.landed();
    stopAll();
    await running.idle();
  }

  /** What runs on nodes goes on: the next start adopts it. */
  function stopAll(): void {
    for (const attempt of running.all()) if (!attempt.isAway) attempt.stop('drain');
  }

  function within(ms: Ms, work: Promise<void>, begun: (done: () => void) => void = () => {}): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        disarm();
        resolve();
      };
      const disarm = clock.after(ms, done);
      begun(done);
      void work.then(done);
    });
  }

  return {
    run,
    hurry() {
      isHurried = true;
      cut();
    },
  };
}
