import type { Outcome } from '../../src/core/domain/attempt.ts';
import type { PoolSpec } from '../../src/core/domain/pool.ts';
import type { Task } from '../../src/core/domain/task.ts';
import type { Ms, Seq } from '../../src/core/domain/units.ts';
import type { Engine } from '../../src/core/engine/engine.ts';
import type { Stop } from '../../src/core/executors/node/nodes.ts';
import type { AttemptHandle } from '../../src/core/ports/executor.ts';
import type { SeededRandom } from '../../src/core/replay/seeded-random.ts';
import { catalogue } from './catalogue.ts';
import { chance, oneOf, uniform } from './draws.ts';
import type { Answer, Stage } from './stage.ts';

/** Where they are the cheapest, so that they have something to do. */
export const farPool: PoolSpec = { ...catalogue.pools[0]!, name: 'far', executor: 'node', capacity: 0, costPerUnit: 0.1, simulated: null };
export const leaseMs: Ms = 3_000;

/** Machines beside the server: they outlive it, and it outlives them. */
export interface Fleet {
  /** They were given this attempt, all parts of it, so a drain leaves it alone. */
  wasGiven(task: Task): boolean;
}

interface Held {
  readonly lease: string;
  readonly seq: Seq;
  readonly attempt: number;
  readonly part: number;
  outcome: Outcome | undefined;
  /** Other parts of its task run in the server, and end with it. */
  readonly isMixed: boolean;
  /** The server wants its end, or was told of it: what becomes of it then is no surprise. */
  isEnding: boolean;
}

/** `not_found`: it was lost before it could leave. */
const quarrels = ['unknown_node', 'node_replaced', 'not_found'];
const size = 3;
const slots = 2;
const beatMs: Ms = leaseMs / 3;

/**
 * Nodes that keep the protocol and have bad days: they crash, are stopped past their lease and go on as if nothing had been, and what they say
 * or hear is lost on the way. Checks what only they can know: nobody is told twice that a task was done, and no lease ends while it is renewed.
 */
export function createFleet(stage: Stage): Fleet {
  const { clock, knobs, recorder } = stage;
  /** Of each attempt its parts that a node was given, whether it heard so or not. */
  const given = new Map<string, Set<number>>();
  /** By task and part. */
  const doneBy = new Map<string, string>();
  if (stage.has('nodes')) for (let i = 0; i < size; i++) live(`node-${i}`, stage.random(`node ${i}`));
  return { wasGiven: ({ seq, attempt, parts }) => given.get(`${seq}/${attempt}`)?.size === parts };

  function live(id: string, random: SeededRandom): void {
    let session: string | undefined;
    let held = new Map<string, Held>();
    /** When the latest renewal that was answered was sent; everything held now was listed, or given, then or later. */
    let renewedMs = Number.NEGATIVE_INFINITY;
    /** It died: what was under way then is nobody's. */
    let life = 0;

    void go();

    async function go(): Promise<void> {
      // When faults are over it ends what it has and leaves: an hour of a clock that was set wrong would be an hour of polls.
      while (stage.isFaulty() || held.size > 0 || session !== undefined) {
        await haveBadDay();
        if (session === undefined) await register();
        else if (!stage.isFaulty() && held.size === 0) await leave(session);
        else await poll(session);
        for (const work of [...held.values()]) if (work.outcome !== undefined) await report(work);
        await wait(uniform(random, 1, beatMs / 2));
      }
    }

    async function haveBadDay(): Promise<void> {
      if (!stage.isFaulty()) return;
      if (chance(random, 0.02)) {
        stage.trace(`${id} crashes`);
        recorder.probe('node crashed');
        life++;
        held = new Map();
        session = undefined;
        await wait(uniform(random, 10, 2 * leaseMs));
      } else if (chance(random, 0.04)) {
        stage.trace(`${id} stands still`);
        await wait(uniform(random, beatMs, 2 * leaseMs));
      }
    }

    async function register(): Promise<void> {
      const sentMs = clock.monotonicMs();
      const types = oneOf(random, [['*'], ['*'], ['order', 'query']]);
      const listed = [...held.keys()];
      const answer = await say((nodes) => nodes.register({ id, pool: farPool.name, types, slots, runsParts: true, agent: null }, listed));
      if (answer?.kind !== 'ok') return;
      recorder.probe(listed.length > 0 ? 'node came back with work' : 'node joined');
      session = answer.value.session;
      obey(answer.value.stops);
      renewedMs = sentMs;
    }

    async function poll(current: string): Promise<void> {
      const sentMs = clock.monotonicMs();
      const options = { most: oneOf(random, [1, slots]), waitMs: uniform(random, 0, beatMs), signal: new AbortController().signal };
      const listed = [...held.keys()];
      const answer = await say(async (nodes) => {
        const handed = await nodes.poll(id, current, { ...options, held: listed });
        for (const { attempt } of handed.leases) give(placeOf(attempt));
        return handed;
      });
      if (answer?.kind === 'refused' && quarrels.includes(answer.code)) session = undefined;
      if (answer?.kind !== 'ok') return;
      obey(answer.value.stops);
      renewedMs = sentMs;
      for (const { id: lease, attempt } of answer.value.leases) begin({ lease, ...placeOf(attempt), outcome: undefined, isEnding: false });
    }

    function give({ seq, attempt, part }: Pick<Held, 'seq' | 'attempt' | 'part'>): void {
      const key = `${seq}/${attempt}`;
      given.set(key, (given.get(key) ?? new Set()).add(part));
    }

    function begin(work: Held): void {
      const { seq, attempt } = work;
      if (held.has(work.lease)) stage.problem('I8', `task ${seq}: attempt ${attempt} was given to ${id} twice`);
      held.set(work.lease, work);
      const draws = random.fork(work.lease);
      const outcome: Outcome = !stage.isFaulty()
        ? { kind: 'succeeded', result: { seq, attempt } }
        : oneOf<Outcome>(draws, [
            ...Array(8).fill({ kind: 'succeeded', result: { seq, attempt } }),
            { kind: 'failed', code: 'drawn', message: 'drawn to fail', retryable: chance(draws, 0.7) },
            { kind: 'released' },
          ]);
      clock.after(uniform(draws, ...knobs.runMs), () => {
        work.outcome ??= outcome;
      });
    }

    function obey(stops: readonly Stop[]): void {
      for (const { lease, reason } of stops) {
        const work = held.get(lease);
        if (work === undefined) continue;
        if (reason !== 'lease_lost') {
          work.isEnding = true;
          work.outcome ??= { kind: 'stopped' };
        } else {
          held.delete(lease);
          checkLoss(work);
        }
      }
    }

    function checkLoss({ seq, attempt, isEnding, isMixed }: Held): void {
      recorder.probe('lease lost');
      const sinceMs = clock.monotonicMs() - renewedMs;
      if (!isEnding && !isMixed && sinceMs < leaseMs)
        stage.problem('I12', `task ${seq}: ${id} lost attempt ${attempt} ${Math.round(sinceMs)} ms after it had renewed it`);
    }

    async function leave(current: string): Promise<void> {
      const answer = await say((nodes) => nodes.remove(id, current));
      if (answer?.kind === 'ok' || answer?.kind === 'refused') session = undefined;
    }

    async function report(work: Held): Promise<void> {
      const { lease, seq, attempt, part, outcome } = work;
      const current = session;
      if (current === undefined || outcome === undefined) return;
      work.isEnding = true; // whether it is heard, and its answer, nobody knows
      const answer = await say((nodes) => nodes.report(id, current, [{ lease, outcome }]));
      if (answer?.kind === 'refused' && quarrels.includes(answer.code)) session = undefined;
      if (answer?.kind !== 'ok') return;
      const [receipt] = answer.value;
      if (receipt?.kind === 'kept') {
        recorder.probe('part waited on its node for others');
        return;
      }
      held.delete(lease);
      if (receipt?.kind === 'refused') {
        recorder.probe('late result refused');
        if (receipt.code !== 'lease_lost') stage.problem('answer', `${id} reported ${lease} and was answered ${receipt.code}`);
      } else if (outcome.kind === 'succeeded' && receipt?.outcome === 'succeeded') {
        const by = `${id}, attempt ${attempt}`;
        const before = doneBy.get(`${seq}/${part}`);
        if (before !== undefined && before !== by)
          stage.problem('I3', `part ${part} of task ${seq} was done by ${before}, and then by ${by}`);
        doneBy.set(`${seq}/${part}`, by);
        recorder.probe('done on a node');
      }
    }

    /** One request. `undefined`: nothing was heard, because a message was lost, the server was gone, or this node died while it waited. */
    async function say<T>(call: (nodes: Engine['nodes']) => T | Promise<T>): Promise<Answer<T> | undefined> {
      const asking = life;
      if (!stage.isReady()) return undefined;
      if (stage.isFaulty() && chance(random, 0.03)) return undefined;
      const answer = await stage.ask(quarrels, async ({ nodes }) => call(nodes));
      if (asking !== life || answer.kind === 'unknown') return undefined;
      return stage.isFaulty() && chance(random, 0.03) ? undefined : answer;
    }
  }

  function wait(ms: Ms): Promise<void> {
    return new Promise((resolve) => clock.after(ms, resolve));
  }
}

function placeOf({ task: { seq, attempt, placement }, part }: AttemptHandle): Pick<Held, 'seq' | 'attempt' | 'part' | 'isMixed'> {
  return { seq, attempt, part: part?.index ?? 0, isMixed: placement?.some((pool) => pool !== farPool.name) === true };
}
