import type { Counters } from './counters.ts';
import type { FreshTasks } from './fresh-tasks.ts';
import type { Heads } from './heads.ts';
import type { Inserts } from './inserts.ts';
import type { LiveTasks } from './live-tasks.ts';
import type { LogWriter } from './log-writer.ts';
import type { Spend } from './spend.ts';
import type { Symbols } from './symbols.ts';

/** What every verb changes beside its rows, inside one transaction. Each part can take back what was not committed. */
export interface WriteContext {
  readonly symbols: Symbols;
  readonly log: LogWriter;
  readonly counters: Counters;
  readonly spend: Spend;
  readonly heads: Heads;
  readonly inserts: Inserts;
  readonly live: LiveTasks;
  readonly fresh: FreshTasks;
  readonly serverEpoch: number;
}
