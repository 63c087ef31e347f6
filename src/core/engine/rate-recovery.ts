import type { Rate } from '../domain/quota.ts';
import type { EpochMs } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { LimitedKind, SubmitGates } from './submit-gates.ts';

/** Tasks that are looked at: about 0.1 s of reading. */
const mostTasks = 100_000;

interface Arrival {
  readonly tenant: string;
  readonly type: string;
  readonly at: EpochMs;
}

/** What is known of the submits before this start, newest first, and since when nothing is missing. */
interface Past {
  readonly arrivals: readonly Arrival[];
  readonly knownFrom: EpochMs;
}

/**
 * Rates go on where they stood when the last server ended: their theoretical arrival times are worked out again from the tasks that were
 * accepted. What happened before the oldest task that is looked at is taken to have used up the burst, so a restart never lets anybody
 * submit more than the rate allows.
 */
export async function resumeRates(deps: { readonly store: TaskStore; readonly clock: Clock; readonly gates: SubmitGates }): Promise<void> {
  const { store, clock, gates } = deps;
  const kinds = (['tenant', 'type'] as const).map((kind) => [kind, gates.rates(kind)] as const);
  const longest = Math.max(0, ...kinds.flatMap(([, rates]) => [...rates.values()].map(horizonMs)));
  if (longest === 0) return;
  const now = clock.now();
  const nowMs = clock.monotonicMs();
  const past = await readPast(store, now, longest);
  for (const [kind, rates] of kinds) {
    for (const [name, arrivalAt] of arrivalsOf(kind, rates, past, now)) gates.resume(kind, name, nowMs + arrivalAt - now);
  }
}

/** After this long without a submit nothing is remembered; twice that, so that what is not known has faded when it matters. */
function horizonMs(rate: Rate): number {
  return 2 * burstMs(rate);
}

async function readPast(store: TaskStore, now: EpochMs, longestMs: number): Promise<Past> {
  const arrivals: Arrival[] = [];
  let expected = store.lastSeq();
  let knownFrom = now;
  await store.eachNewest(({ seq, tenant, type, enqueuedAt }) => {
    if (seq !== expected) return false; // those in between were removed
    expected = seq - 1;
    knownFrom = Math.min(enqueuedAt, knownFrom); // the wall clock may have been ahead
    arrivals.push({ tenant, type, at: knownFrom });
    return knownFrom >= now - longestMs && arrivals.length < mostTasks;
  });
  return { arrivals, knownFrom: expected === 0 ? Number.NEGATIVE_INFINITY : knownFrom };
}

/** The theoretical arrival time of each rate. */
function arrivalsOf(kind: LimitedKind, rates: ReadonlyMap<string, Rate>, past: Past, now: EpochMs): ReadonlyMap<string, EpochMs> {
  const found = new Map<string, EpochMs>();
  const from = (rate: Rate) => Math.max(past.knownFrom, now - horizonMs(rate));
  for (const [name, rate] of rates) found.set(name, from(rate) + burstMs(rate));
  for (const arrival of past.arrivals.toReversed()) {
    const name = arrival[kind];
    const rate = rates.get(name);
    if (rate !== undefined && arrival.at >= from(rate))
      found.set(name, Math.max(found.get(name) as EpochMs, arrival.at) + 1_000 / rate.perSecond);
  }
  for (const [name, rate] of rates) found.set(name, Math.min(found.get(name) as EpochMs, now + burstMs(rate))); // set above
  return found;
}

function burstMs({ perSecond, burst }: Rate): number {
  return (burst * 1_000) / perSecond;
}
