import type { Engine, LivePool } from '../../core/engine/engine.ts';
import type { ServerOptions } from '../deps.ts';
import { isoTime } from '../time.ts';
import { statsView } from '../views/system.ts';

export const stateTopics = ['stats', 'pools'] as const;
export type StateTopic = (typeof stateTopics)[number];

/** What state frames say, written out once for all streams and only when it changed. */
export interface StateBoard {
  /** `{seq, at, stats, pools}`, read in one go. */
  snapshot(): string;
  /** The counters; `undefined` when they are as last told. */
  stats(): string | undefined;
  /**
   * Loads that changed against the order of the latest snapshot; `renewed` when pools came, went or changed, so that the order no longer
   * holds; `undefined` when nothing changed.
   */
  pools(): string | 'renewed' | undefined;
}

export function createStateBoard(engine: Engine, options: Pick<ServerOptions, 'currency'>): StateBoard {
  /** Of the order and settings of pools, and the one all streams were told. */
  let version = 0;
  let toldVersion = 0;
  let shape = '';
  /** Loads as last told, and the pools that somebody has seen otherwise since, in a snapshot. */
  let loads: readonly number[] = [];
  const seenOtherwise = new Set<number>();
  let toldStats = '';

  function noteShape(pools: readonly LivePool[]): void {
    // The capacity of a pool of nodes is theirs, and changes without a change of the pool.
    const now = pools.map(({ pool }) => `${pool.name} ${pool.version} ${pool.capacity}`).join('\n');
    if (now === shape) return;
    shape = now;
    version++;
    if (version === 1) forget(pools);
  }

  function forget(pools: readonly LivePool[]): void {
    toldVersion = version;
    loads = pools.map(({ load }) => load);
    seenOtherwise.clear();
  }

  function snapshot(): string {
    const pools = engine.pools();
    noteShape(pools);
    // Who reads this has to hear of it when a load goes back to what was told before, which is no change to the others.
    for (const [index, { load }] of pools.entries()) if (load !== loads[index]) seenOtherwise.add(index);
    toldStats = '';
    const stats = statsView(engine, options);
    return JSON.stringify({ seq: stats.seq, at: stats.at, stats, pools: columnsOf(pools, version) });
  }

  function stats(): string | undefined {
    const now = statsView(engine, options);
    const text = JSON.stringify({ ...now, seq: 0, at: '' });
    if (text === toldStats) return undefined;
    toldStats = text;
    return JSON.stringify(now);
  }

  function pools(): string | 'renewed' | undefined {
    const live = engine.pools();
    noteShape(live);
    if (version !== toldVersion) {
      forget(live);
      return 'renewed';
    }
    const changed = live.flatMap(({ load }, index) => (load !== loads[index] || seenOtherwise.has(index) ? [[index, load]] : []));
    if (changed.length === 0) return undefined;
    forget(live);
    return JSON.stringify({ version, at: isoTime(engine.stats().at), changed });
  }

  return { snapshot, stats, pools };
}

/** Columns instead of objects: ten thousand pools name their fields once. */
function columnsOf(pools: readonly LivePool[], version: number) {
  return {
    version,
    names: pools.map(({ pool }) => pool.name),
    load: pools.map(({ load }) => load),
    capacity: pools.map(({ pool }) => pool.capacity),
    state: pools.map(({ pool }) => pool.state),
  };
}
