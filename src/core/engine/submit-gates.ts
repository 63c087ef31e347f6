import { TaskRouterError } from '../domain/errors.ts';
import { RateMeter, type RatePlace } from '../domain/gcra.ts';
import type { LimitState, Rate } from '../domain/quota.ts';
import type { Clock } from '../ports/clock.ts';
import type { Backlog, Owner } from './backlog.ts';

/** What bounds the submits of a tenant or of a type; `null` has no limit. */
export interface SubmitLimits {
  readonly maxWaiting: number | null;
  readonly rate: Rate | null;
}

export type LimitedKind = 'tenant' | 'type';

/** The limits that a submit meets at the door: depth and rate, of its tenant and of its type. O(1) whatever waits. */
export interface SubmitGates {
  /**
   * Takes a place for one task: its waiting place, and one in each rate. To be called in the turn the task goes to the store, so that the order
   * of both is the same. @throws TaskRouterError `quota_exceeded`, `rate_limited`; then nothing was taken.
   */
  enter(owner: Owner): Places;
  /** Why `enter` would refuse now; `undefined`: it would not. */
  refusal(owner: Owner): TaskRouterError | undefined;
  /** The task was accepted: from now on it is one of those that wait. */
  keep(places: Places): void;
  /** It was not: as if it had never come. */
  drop(owner: Owner, places: Places): void;
  /** `undefined`: none any more. */
  limit(kind: LimitedKind, name: string, limits: SubmitLimits | undefined): void;
  /** What is left of each limit that a submit of this owner meets now; empty when there are none. */
  statesOf(owner: Owner): readonly LimitState[];
  /** Start-up: the theoretical arrival time a rate goes on with, monotonic. */
  resume(kind: LimitedKind, name: string, arrivalMs: number): void;
  /** Rates in force. */
  rates(kind: LimitedKind): ReadonlyMap<string, Rate>;
}

/** Places in rates; nearly always none. */
export type Places = readonly { readonly meter: RateMeter; readonly place: RatePlace }[];

interface Gate {
  maxWaiting: number;
  meter: RateMeter | undefined;
}

const none: Places = [];
const unlimited: readonly LimitState[] = [];
/** When a place in the queue comes free nobody knows. */
const depthRetryAfterS = 5;

export function createSubmitGates({ clock, backlog }: { readonly clock: Clock; readonly backlog: Backlog }): SubmitGates {
  const gates = { tenant: new Map<string, Gate>(), type: new Map<string, Gate>() } as const;
  const waitingOf = { tenant: backlog.ofTenant, type: backlog.ofType } as const;

  function enter(owner: Owner): Places {
    const ofTenant = gates.tenant.get(owner.tenant);
    const ofType = gates.type.get(owner.type);
    let places = none;
    if (ofTenant !== undefined || ofType !== undefined) {
      const nowMs = clock.monotonicMs();
      const refused = refusalBy(ofTenant, ofType, owner, nowMs);
      if (refused !== undefined) throw refused;
      const meters = [ofTenant?.meter, ofType?.meter].filter((meter) => meter !== undefined);
      places = meters.map((meter) => ({ meter, place: meter.take(nowMs) }));
    }
    backlog.enter(owner);
    return places;
  }

  function refusalBy(ofTenant: Gate | undefined, ofType: Gate | undefined, owner: Owner, nowMs: number): TaskRouterError | undefined {
    return (
      tooDeep('tenant', ofTenant, owner) ??
      tooDeep('type', ofType, owner) ??
      tooFast('tenant', ofTenant, owner, nowMs) ??
      tooFast('type', ofType, owner, nowMs)
    );
  }

  function tooDeep(kind: LimitedKind, gate: Gate | undefined, owner: Owner): TaskRouterError | undefined {
    if (gate === undefined) return undefined;
    const waiting = waitingOf[kind](owner[kind]);
    if (waiting < gate.maxWaiting) return undefined;
    const message = `At most ${gate.maxWaiting} tasks of ${kind} ${owner[kind]} may wait, and ${waiting} do. Try again when some have started.`;
    return new TaskRouterError('quota_exceeded', message, {
      retryAfterS: depthRetryAfterS,
      limits: statesOf(owner),
      violated: [`${kind}-waiting`],
    });
  }

  function tooFast(kind: LimitedKind, gate: Gate | undefined, owner: Owner, nowMs: number): TaskRouterError | undefined {
    const meter = gate?.meter;
    if (meter === undefined) return undefined;
    const waitMs = meter.waitMs(nowMs);
    if (waitMs === 0) return undefined;
    const { perSecond, burst } = meter.rate;
    const message = `${kind} ${owner[kind]} may submit ${perSecond} tasks a second, ${burst} at once. Try again in ${waitMs / 1_000} s.`;
    return new TaskRouterError('rate_limited', message, { retryAfterS: waitMs / 1_000, limits: statesOf(owner), violated: [kind] });
  }

  function limit(kind: LimitedKind, name: string, limits: SubmitLimits | undefined): void {
    const { maxWaiting = null, rate = null } = limits ?? {};
    if (maxWaiting === null && rate === null) {
      gates[kind].delete(name);
      return;
    }
    const before = gates[kind].get(name)?.meter;
    gates[kind].set(name, { maxWaiting: maxWaiting ?? Number.POSITIVE_INFINITY, meter: meterFor(rate, before) });
  }

  function meterFor(rate: Rate | null, before: RateMeter | undefined): RateMeter | undefined {
    if (rate === null) return undefined;
    if (before === undefined) return new RateMeter(rate);
    if (before.rate.perSecond !== rate.perSecond || before.rate.burst !== rate.burst) before.change(rate, clock.monotonicMs());
    return before;
  }

  function statesOf(owner: Owner): readonly LimitState[] {
    const ofTenant = gates.tenant.get(owner.tenant);
    const ofType = gates.type.get(owner.type);
    if (ofTenant === undefined && ofType === undefined) return unlimited;
    return [...states('tenant', ofTenant, owner), ...states('type', ofType, owner)];
  }

  function states(kind: LimitedKind, gate: Gate | undefined, owner: Owner): LimitState[] {
    const found: LimitState[] = [];
    if (gate?.meter !== undefined) {
      const { meter } = gate;
      const nowMs = clock.monotonicMs();
      const { perSecond, burst } = meter.rate;
      found.push({ name: kind, quota: burst, windowS: burst / perSecond, left: meter.left(nowMs), resetS: meter.fullInMs(nowMs) / 1_000 });
    }
    if (gate !== undefined && gate.maxWaiting !== Number.POSITIVE_INFINITY) {
      const left = Math.max(0, gate.maxWaiting - waitingOf[kind](owner[kind]));
      found.push({ name: `${kind}-waiting`, quota: gate.maxWaiting, left });
    }
    return found;
  }

  return {
    enter,
    refusal: (owner) => refusalBy(gates.tenant.get(owner.tenant), gates.type.get(owner.type), owner, clock.monotonicMs()),
    keep(places) {
      for (const { meter, place } of places) meter.keep(place);
    },
    drop(owner, places) {
      backlog.leave(owner);
      for (const { meter, place } of places) meter.drop(place);
    },
    limit,
    statesOf,
    resume(kind, name, arrivalMs) {
      const gate = gates[kind].get(name);
      if (gate?.meter !== undefined) gate.meter = new RateMeter(gate.meter.rate, arrivalMs);
    },
    rates(kind) {
      const found = new Map<string, Rate>();
      for (const [name, { meter }] of gates[kind]) if (meter !== undefined) found.set(name, meter.rate);
      return found;
    },
  };
}
