import { CheckFailed, CheckSkipped, type FarEnd, type FarEndTimes, type GivenPart } from './far-end.ts';
import { type Heard, isRenewal, listed, outcomesOf, type ReportedOutcome } from './heard.ts';
import type { Life } from './life.ts';

/** What a check has in its hands. */
export interface CheckDeps extends FarEndTimes {
  readonly far: FarEnd;
  /** A type with a payload it is done with at once. */
  readonly quick: { readonly type: string; readonly payload: unknown };
  /** A type whose payload is the seconds it takes. */
  readonly slow: string;
  /** `undefined`: somebody else started the worker. */
  readonly life: Life | undefined;
}

export interface Check {
  readonly name: string;
  /** What the worker has to do, as the protocol says. */
  readonly rule: string;
  /** It ends the worker, so it can only be asked of one that was started here. */
  readonly endsIt?: true;
  run(deps: CheckDeps): Promise<void>;
}

const long = 60;
/** Requests within a heartbeat's time, while nothing is answered as it should. */
const mostTries = 20;

export const checks: readonly Check[] = [
  {
    name: 'register',
    rule: 'registers with its name, pool, types and slots',
    async run({ far, quick, slow }) {
      const { body } = await far.until('no POST /nodes', 'register');
      const { types } = body as { types: readonly string[] }; // checked by its schema
      const missing = [quick.type, slow].filter((type) => !types.includes(type) && !types.includes('*'));
      if (missing.length > 0) throw new CheckFailed(`it does not run ${missing.join(', ')}; see --quick and --slow`);
    },
  },
  {
    name: 'run',
    rule: 'runs what a poll brings, reports it, and lists its lease no more',
    async run({ far, quick }) {
      const lease = far.give(quick.type, quick.payload);
      const { outcome, atMs } = await reportOf(far, lease);
      if (outcome !== 'succeeded') throw new CheckFailed(`it reported ${outcome} of ${quick.type}`);
      await far.until(
        'no heartbeat without the lease it reported',
        undefined,
        (one) => isRenewal(one) && one.atMs > atMs && !listed(one).includes(lease),
      );
    },
  },
  {
    name: 'unknown-fields',
    rule: 'does not mind fields that it does not know, in any answer',
    async run({ far, quick }) {
      far.isLater = true;
      far.forget();
      await far.until('no registration after 404 unknown_node', 'register');
      await reportOf(far, far.give(quick.type, quick.payload));
      await far.until('no heartbeat', undefined, isRenewal);
    },
  },
  {
    name: 'repeat',
    rule: 'repeats a report until it is answered, and says the same',
    async run({ far, quick }) {
      const refusals = ['cut', { status: 503, code: 'server_busy' }, { status: 503, code: 'draining' }] as const;
      let refused = 0;
      far.refuse = ({ kind }) => (isReport(kind) ? refusals[refused++] : undefined);
      const lease = far.give(quick.type, quick.payload);
      await far.until('no report after 503', undefined, () => far.outcomes(lease).length > refusals.length);
      if (new Set(far.outcomes(lease).map(({ text }) => text)).size > 1)
        throw new CheckFailed('it reported something else the second time');
    },
  },
  {
    name: 'duplicate',
    rule: 'reports the same of a lease that is handed out twice, and goes on',
    async run({ far, quick }) {
      const lease = far.give(quick.type, quick.payload);
      far.give(quick.type, quick.payload, { lease });
      await reportOf(far, lease);
      await reportOf(far, far.give(quick.type, quick.payload));
      if (new Set(far.outcomes(lease).map(({ text }) => text)).size > 1) throw new CheckFailed('its reports of the lease differ');
    },
  },
  {
    name: 'heartbeat',
    rule: 'sends a heartbeat every heartbeat_ms, and lists what runs',
    async run({ far, slow, heartbeatMs }) {
      const lease = far.give(slow, long);
      const first = await far.until('no heartbeat that lists what runs', 'heartbeat', (one) => listed(one).includes(lease));
      let last = first;
      for (let i = 0; i < 3; i++) {
        const next = await far.until('no next heartbeat', 'heartbeat', (one) => one.atMs > last.atMs);
        if (!listed(next).includes(lease)) throw new CheckFailed('a heartbeat did not list what runs');
        if (next.atMs - last.atMs > 2 * heartbeatMs)
          throw new CheckFailed(`heartbeats were ${Math.round(next.atMs - last.atMs)} ms apart, and ${heartbeatMs} were asked for`);
        last = next;
      }
    },
  },
  stopCheck('cancel', 'ends work that is cancelled, and reports'),
  stopCheck('timeout', 'ends work whose time is up, and reports'),
  {
    name: 'lease-lost',
    rule: 'ends work whose lease is lost, reports nothing of it, and is free for other work',
    async run({ far, quick, slow }) {
      const lease = far.give(slow, long);
      await far.until('no heartbeat that lists what runs', 'heartbeat', (one) => listed(one).includes(lease));
      far.lose(lease);
      const { atMs } = await reportOf(far, far.give(quick.type, quick.payload));
      await far.until(
        'no heartbeat without the lost lease',
        undefined,
        (one) => isRenewal(one) && one.atMs > atMs && !listed(one).includes(lease),
      );
      if (far.outcomes(lease).length > 0) throw new CheckFailed('it reported work that it was told is lost');
    },
  },
  {
    name: 'late',
    rule: 'throws a result away that is refused with 409 lease_lost',
    async run({ far, quick }) {
      const lease = far.give(quick.type, quick.payload);
      far.lose(lease);
      await far.until('no report, and no heartbeat', undefined, (one) => isReport(one.kind) || listed(one).includes(lease));
      const { atMs } = await reportOf(far, far.give(quick.type, quick.payload));
      await far.until(
        'no heartbeat without the lease',
        undefined,
        (one) => isRenewal(one) && one.atMs > atMs && !listed(one).includes(lease),
      );
      if (far.outcomes(lease).length > 1) throw new CheckFailed('it repeated a report that was refused');
    },
  },
  {
    name: 'unknown-node',
    rule: 'registers again after 404 unknown_node, with the leases it holds, and goes on with them',
    async run({ far, slow, heartbeatMs }) {
      const lease = far.give(slow, (2 * heartbeatMs) / 1_000);
      await far.until('no heartbeat that lists what runs', 'heartbeat', (one) => listed(one).includes(lease));
      far.forget();
      await far.until('no registration that lists what it holds', 'register', (one) => listed(one).includes(lease));
      await reportOf(far, lease);
    },
  },
  {
    name: 'restart',
    rule: 'outlives a server that is away for less than a lease',
    async run({ far, slow, leaseMs, heartbeatMs }) {
      const lease = far.give(slow, (2 * heartbeatMs) / 1_000);
      await far.until('no heartbeat that lists what runs', 'heartbeat', (one) => listed(one).includes(lease));
      far.forget();
      await far.away(wait(leaseMs / 4));
      await far.until('no registration that lists what it holds', 'register', (one) => listed(one).includes(lease));
      await reportOf(far, lease);
    },
  },
  {
    name: 'no-renewal',
    rule: 'ends its work when it could not renew for a lease, reports nothing of it, and pauses between its tries',
    async run({ far, quick, slow, leaseMs, heartbeatMs }) {
      const lease = far.give(slow, long);
      await far.until('no heartbeat that lists what runs', 'heartbeat', (one) => listed(one).includes(lease));
      far.refuse = () => ({ status: 503, code: 'server_busy' });
      far.cutPoll();
      const before = far.heard.length;
      await wait(1.5 * leaseMs);
      const tries = far.heard.length - before;
      far.refuse = () => undefined;
      const again = await far.until(
        'no heartbeat after 503',
        undefined,
        (one) => isRenewal(one) && far.heard.indexOf(one) >= before + tries,
      );
      if (listed(again).includes(lease)) throw new CheckFailed('it went on with work that it could not renew');
      await reportOf(far, far.give(quick.type, quick.payload));
      if (far.outcomes(lease).length > 0) throw new CheckFailed('it reported work that it could not renew');
      const most = (mostTries * 1.5 * leaseMs) / heartbeatMs;
      if (tries > most) throw new CheckFailed(`it sent ${tries} requests in ${(1.5 * leaseMs) / 1_000} s to a server that answered 503`);
    },
  },
  {
    name: 'parts',
    rule: 'lists a part that waits for others (202), reports it again to a server that was restarted, and drops it then',
    async run({ far, quick }) {
      const lease = await givePart(far, quick.type, quick.payload);
      const letGo = far.keep(lease);
      const { atMs } = await reportOf(far, lease);
      await far.until(
        'no heartbeat that lists a part that waits for others',
        undefined,
        (one) => isRenewal(one) && one.atMs > atMs && listed(one).includes(lease),
      );
      far.forget();
      const again = await far.until('no registration that lists it', 'register', (one) => one.atMs > atMs && listed(one).includes(lease));
      letGo();
      const isIt = (one: Heard) => one.atMs > again.atMs && outcomesOf(one).some((outcome) => outcome.lease === lease);
      const last = await far.until('no report of it to the server that was restarted', undefined, isIt);
      await far.until(
        'no heartbeat without the lease',
        undefined,
        (one) => isRenewal(one) && one.atMs > last.atMs && !listed(one).includes(lease),
      );
      if (new Set(far.outcomes(lease).map(({ text }) => text)).size > 1) throw new CheckFailed('its reports of the lease differ');
    },
  },
  stopCheck('part', 'ends a part when another part of its task failed, and reports'),
  {
    name: 'drain',
    rule: 'on SIGTERM ends or hands back its work, or leaves with DELETE, and exits with 0',
    endsIt: true,
    async run({ far, slow, heartbeatMs, leaseMs, life }) {
      const lease = far.give(slow, (2 * heartbeatMs) / 1_000);
      await far.until('no heartbeat that lists what runs', 'heartbeat', (one) => listed(one).includes(lease));
      life?.terminate();
      const code = await Promise.race([life?.gone, wait(5 * leaseMs).then(() => 'nothing' as const)]);
      if (code === 'nothing') throw new CheckFailed(`it did not end within ${(5 * leaseMs) / 1_000} s of SIGTERM`);
      if (code !== 0) throw new CheckFailed(`it ended with ${code === null ? 'a signal' : `exit code ${code}`}`);
      if (far.outcomes(lease).length === 0 && !far.heard.some(({ kind }) => kind === 'leave'))
        throw new CheckFailed('it neither reported its work nor left');
    },
  },
  {
    name: 'replaced',
    rule: 'ends when another program has its name (409 node_replaced)',
    endsIt: true,
    async run({ far, leaseMs, life }) {
      far.forget();
      await far.until('no registration', 'register');
      far.refuse = ({ kind }) => (kind === 'register' ? undefined : { status: 409, code: 'node_replaced' });
      const code = await Promise.race([life?.gone, wait(3 * leaseMs).then(() => 'nothing' as const)]);
      if (code === 'nothing') throw new CheckFailed(`it went on for ${(3 * leaseMs) / 1_000} s`);
    },
  },
];

const aPart: GivenPart = { part: 1, parts: 2 };

/** @throws CheckSkipped where the worker does not say that it runs parts */
async function givePart(far: FarEnd, type: string, payload: unknown): Promise<string> {
  const { parts = false } = await far.registration();
  if (!parts) throw new CheckSkipped('it does not register with parts: true, so it is given none');
  return far.give(type, payload, { part: aPart });
}

function stopCheck(reason: 'cancel' | 'timeout' | 'part', rule: string): Check {
  return {
    name: reason,
    rule,
    async run({ far, slow, leaseMs }) {
      const lease = reason === 'part' ? await givePart(far, slow, long) : far.give(slow, long);
      await far.until('no heartbeat that lists what runs', 'heartbeat', (one) => listed(one).includes(lease));
      far.stop(lease, reason);
      const { outcome } = await reportOf(far, lease, 2 * leaseMs);
      if (outcome === 'succeeded') throw new CheckFailed(`it reported success of work that takes ${long} s`);
    },
  };
}

function isReport(kind: Heard['kind']): boolean {
  return kind === 'result' || kind === 'results';
}

/** The first report of a lease, alone or among others. */
async function reportOf(far: FarEnd, lease: string, withinMs?: number): Promise<ReportedOutcome & { readonly atMs: number }> {
  const of = (one: Heard) => outcomesOf(one).find((outcome) => outcome.lease === lease);
  const request = await far.until(`no report of ${lease}`, undefined, (one) => of(one) !== undefined, withinMs);
  return { ...(of(request) as ReportedOutcome), atMs: request.atMs }; // it is what was waited for
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
