import type { AttemptOutcome, Outcome } from '../domain/attempt.ts';
import type { EndedParent } from '../domain/dependency.ts';
import type { Json } from '../domain/json.ts';
import type { ExecutorName, Pool } from '../domain/pool.ts';
import type { Task } from '../domain/task.ts';
import type { AttemptHandle, Part } from '../ports/executor.ts';
import { createStartLine, type StartLine } from './start-line.ts';

/** Where a part runs. */
export interface PartPlace {
  readonly pool: Pool;
  /** On another machine. */
  readonly isRemote: boolean;
  /** It tells when it could begin, and the others that do wait for it. */
  readonly tellsReady: boolean;
}

/**
 * Runs all parts of one attempt, each on its pool. Those of this server begin when all others have been fetched by their nodes, which they may
 * have to wait for. It ends when the last of them has: with the list of their results, or with what the first part
 * came to that did not succeed. That one stops the others, whose ends are waited for, because their slots are theirs until then.
 */
export async function runParts(
  whole: AttemptHandle,
  places: readonly PartPlace[],
  run: (part: AttemptHandle) => Promise<Outcome>,
): Promise<Outcome> {
  const group = new PartGroup(whole, places);
  const count = places.length;
  const parts = places.map(({ pool }, index) => {
    const together = places.filter((other) => other.pool.executor === pool.executor).length;
    return group.part(pool, { index, count, together });
  });
  const results: Json[] = [];
  let first: Outcome | undefined;
  await Promise.all(
    parts.map(async (part, index) => {
      if (group.isMixed && places[index]?.isRemote === false) await group.fetched;
      const outcome = await endOf(part, run);
      group.ended(index, outcome);
      if (outcome.kind === 'succeeded') results[index] = outcome.result;
      else if (first === undefined) {
        first = toldOf(outcome, { index, count });
        group.stop();
      }
    }),
  );
  return first ?? { kind: 'succeeded', result: results };
}

/** The port says it never rejects; if one does, that part is lost, and the others are still waited for. */
async function endOf(part: AttemptHandle, run: (part: AttemptHandle) => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run(part);
  } catch (error) {
    return { kind: 'lost', message: error instanceof Error ? error.message : 'the executor failed' };
  }
}

/** What became of the task, in the words of the part that it became so of. */
function toldOf(outcome: Exclude<Outcome, { kind: 'succeeded' }>, { index, count }: Pick<Part, 'index' | 'count'>): Outcome {
  if (outcome.kind !== 'failed' && outcome.kind !== 'lost') return outcome;
  return { ...outcome, message: `Part ${index} of ${count}: ${outcome.message}` };
}

/** The parts of one attempt: stopped together, by whoever stops the attempt or by one of them that failed. */
class PartGroup {
  readonly #whole: AttemptHandle;
  readonly #parts: PartHandle[] = [];
  /** Parts that began, by executor: one that its node did not get begins again. */
  readonly #begun = new Map<ExecutorName, Set<number>>();
  /** How far each part said it is. */
  readonly #ratios = new Map<number, number>();
  readonly #settled: ((outcome: AttemptOutcome | undefined) => void)[] = [];
  /** Parts run here as well as on nodes. */
  readonly isMixed: boolean;
  /** Settles when the nodes of all parts that run on some have theirs, or the attempt is to stop. */
  readonly fetched: Promise<void>;
  readonly #remote: number;
  readonly #line: StartLine;
  /** Parts that are with their nodes. */
  readonly #away = new Set<number>();
  #left: number;
  #tellFetched = () => {};

  constructor(whole: AttemptHandle, places: readonly PartPlace[]) {
    this.#whole = whole;
    this.#left = places.length;
    this.#line = createStartLine(places.flatMap(({ tellsReady }, index) => (tellsReady ? [index] : [])));
    this.#remote = places.filter(({ isRemote }) => isRemote).length;
    this.isMixed = this.#remote > 0 && this.#remote < places.length;
    this.fetched = new Promise((resolve) => {
      this.#tellFetched = resolve;
    });
    if (this.#line.isAwaited) void this.#line.all.then(() => whole.begun?.());
    whole.onStop(() => this.stop());
    whole.onSettled((outcome) => {
      for (const tell of this.#settled) tell(outcome);
    });
  }

  stop(): void {
    for (const part of this.#parts) part.stop();
    this.#tellFetched();
  }

  /** One of them; who has ended well is not waited for, whatever it told before. */
  ended(index: number, { kind }: Outcome): void {
    this.#left--;
    if (kind === 'succeeded') void this.#line.ready(index);
  }

  part(pool: Pool, part: Part): AttemptHandle {
    const told: Part = { ...part, ready: () => this.#line.ready(part.index), othersRun: () => this.#left > 0 };
    const handle = new PartHandle(this.#whole, pool, told, {
      begun: () => this.#began(pool.executor, part),
      progressed: (ratio, note) => this.#progressed(part, ratio, note),
      away: () => this.#gone(part),
      onSettled: (listener) => this.#settled.push(listener),
    });
    this.#parts.push(handle);
    if (this.#whole.signal.aborted) handle.stop();
    return handle;
  }

  /** The time limit of the attempt counts from when the last part began of those that had to wait. */
  #began(executor: ExecutorName, { index, together }: Part): void {
    const begun = this.#begun.get(executor) ?? new Set<number>();
    this.#begun.set(executor, begun.add(index));
    if (begun.size === together) this.#whole.begun?.();
  }

  /** What outlives the server is the attempt all of whose parts do. */
  #gone({ index, count }: Part): void {
    this.#away.add(index);
    if (this.#away.size === this.#remote) this.#tellFetched();
    if (this.#away.size === count) this.#whole.away?.();
  }

  /** The attempt is as far as its parts are on average; the note is of the part that spoke last. */
  #progressed({ index, count }: Part, ratio: number, note: string | null): void {
    this.#ratios.set(index, ratio);
    const sum = [...this.#ratios.values()].reduce((a, b) => a + b, 0);
    this.#whole.progressed?.(sum / count, note === null ? null : `Part ${index} of ${count}: ${note}`);
  }
}

type Tell = Required<Pick<AttemptHandle, 'begun' | 'progressed' | 'away' | 'onSettled'>>;

/** Why parts are stopped when another one did not succeed. */
const otherPart = 'part';

class PartHandle implements AttemptHandle {
  readonly task: Task;
  readonly attempt: number;
  readonly parents: readonly EndedParent[];
  readonly pool: Pool;
  readonly part: Part;
  readonly begun: () => void;
  readonly progressed: (ratio: number, note: string | null) => void;
  readonly away: () => void;
  readonly onSettled: AttemptHandle['onSettled'];
  readonly #whole: AttemptHandle;
  readonly #controller = new AbortController();

  constructor(whole: AttemptHandle, pool: Pool, part: Part, tell: Tell) {
    this.#whole = whole;
    this.task = whole.task;
    this.attempt = whole.attempt;
    this.parents = whole.parents;
    this.pool = pool;
    this.part = part;
    this.begun = tell.begun;
    this.progressed = tell.progressed;
    this.away = tell.away;
    this.onSettled = tell.onSettled;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** With the reason that the attempt is stopped for, if it is. */
  stop(): void {
    this.#controller.abort(this.#whole.signal.reason ?? otherPart);
  }

  onStop(listener: () => void): () => void {
    if (this.signal.aborted) listener();
    else this.signal.addEventListener('abort', listener, { once: true });
    return () => this.signal.removeEventListener('abort', listener);
  }
}
