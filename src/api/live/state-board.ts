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
  let version = 0;
  let toldVersion = 0;
  let shape = '';
  let loads: number[] = [];
  let told = '';

  /** A snapshot must not lower what the others are told next: it notes a new shape and leaves the rest to `pools`. */
  function noteShape(pools: readonly LivePool[]): void {
    const now = pools.map(({ pool }) => `${pool.name} ${pool.version}`).join('\n');
    if (now === shape) return;
    shape = now;
    version++;
  }

  return {
    snapshot() {
      const pools = engine.pools();
      noteShape(pools);
      const stats = statsView(engine, options);
      return JSON.stringify({ seq: stats.seq, at: stats.at, stats, pools: columnsOf(pools, version) });
    },
    stats() {
      const stats = statsView(engine, options);
      const text = JSON.stringify({ ...stats, seq: 0, at: '' });
      if (text === told) return undefined;
      told = text;
      return JSON.stringify(stats);
    },
    pools() {
      const pools = engine.pools();
      noteShape(pools);
      if (version !== toldVersion) {
        toldVersion = version;
        loads = pools.map(({ load }) => load);
        return 'renewed';
      }
      const changed = pools.flatMap(({ load }, index) => (load === loads[index] ? [] : [[index, load]]));
      if (changed.length === 0) return undefined;
      loads = pools.map(({ load }) => load);
      return JSON.stringify({ version, at: isoTime(engine.stats().at), changed });
    },
  };
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
