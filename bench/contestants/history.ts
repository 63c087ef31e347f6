/** A server's record of so many tasks, made up, and replayed in this process: what really decided and one strategy, in one pass. */
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { loadCatalogue } from '../../src/catalogue.ts';
import type { ReplayRequest } from '../../src/core/domain/replay.ts';
import { replayHistory } from '../../src/core/replay/history/replay-history.ts';
import { windowExtent } from '../../src/core/replay/history/window-extent.ts';
import { createSeededRandom } from '../../src/core/replay/seeded-random.ts';
import { createSystemClock } from '../../src/core/system/system-clock.ts';
import { openHistory } from '../../src/store/open-history.ts';
import { databaseFile, openStore } from '../../src/store/open-store.ts';
import type { Sample } from '../lib/rounds.ts';

interface Options {
  readonly dataDir: string;
  readonly tasks: number;
  readonly strategy: string;
}

const from = Date.UTC(2026, 0, 1);
/** A task each so many ms: four fifths of the slots of the demo pools are busy. */
const everyMs = 26;

async function fill(dataDir: string, tasks: number): Promise<void> {
  const store = await openStore({
    dataDir,
    durability: 'normal',
    clock: createSystemClock(),
    logger: { info() {}, warn() {}, error() {} },
  });
  const catalogue = await loadCatalogue('config/demo.json');
  const pools = catalogue.pools.filter(({ executor }) => executor === 'simulated');
  for (const type of catalogue.types) await store.putType(type, from - 1, 'bench');
  for (const pool of pools) await store.addPool(pool, from - 1, 'bench');
  await store.openEpoch({ name: 'fifo', params: {}, seed: 1, since: from - 1, by: 'bench', reason: null });
  await store.close();
  const db = new BetterSqlite3(join(dataDir, databaseFile));
  db.pragma('synchronous = OFF');
  const codes = new Map(db.prepare('SELECT name, code FROM symbol').raw().all() as [string, number][]);
  const codeOf = (name: string): number => {
    const known = codes.get(name);
    if (known !== undefined) return known;
    const code = Math.max(0, ...codes.values()) + 1;
    db.prepare('INSERT INTO symbol (code, name) VALUES (?, ?)').run(code, name);
    codes.set(name, code);
    return code;
  };
  const task = db.prepare(
    `INSERT INTO task (seq, id, status, tenant, type, priority, cost, region, slots, timeout_ms, max_attempts, initiated_by, enqueued_at, version,
       attempt, attempts_used, started_at, completed_at, pool, actual_cost)
     VALUES (?, randomblob(16), 3, ?, ?, ?, ?, ?, 1, 60000, 1, ?, ?, 1, 1, 1, ?, ?, ?, ?)`,
  );
  const attempt = db.prepare(
    'INSERT INTO attempt (task_seq, attempt, pool, server_epoch, started_at, ended_at, outcome) VALUES (?, 1, ?, 1, ?, ?, 0)',
  );
  const random = createSeededRandom('history');
  const pick = (count: number) => Math.floor(random.next() * count);
  db.transaction(() => {
    for (let seq = 1; seq <= tasks; seq++) {
      const at = from + seq * everyMs;
      const end = at + 100 + pick(1_900);
      const pool = pools[pick(pools.length)];
      const type = codeOf(['order', 'simulation', 'query'][pick(3)] as string);
      const [tenant, region, where] = [codeOf(`tenant-${pick(20)}`), codeOf(pool?.region ?? ''), codeOf(pool?.name ?? '')];
      task.run(seq, tenant, type, 1 + pick(10), 1 + pick(9), region, codeOf('bench'), at, at, end, where, 1);
      attempt.run(seq, where, at, end);
    }
  })();
  db.close();
}

export async function run({ dataDir, tasks, strategy }: Options): Promise<Sample> {
  await fill(dataDir, tasks);
  const history = openHistory(dataDir);
  const request: ReplayRequest = {
    from,
    to: from + (tasks + 1) * everyMs + 60_000,
    strategies: [{ name: strategy, params: {} }],
    pools: [],
    seed: 1,
  };
  const beginMs = performance.now();
  const begin = process.cpuUsage();
  const steps = replayHistory(history, windowExtent(history, request), request, { runnable: {}, context: {} });
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  let most = 0;
  let step = steps.next();
  for (let looks = 0; !step.done; step = steps.next()) {
    if (++looks % 100 !== 0) continue;
    globalThis.gc?.();
    most = Math.max(most, process.memoryUsage().heapUsed - before);
  }
  const seconds = (performance.now() - beginMs) / 1_000;
  const { user, system } = process.cpuUsage(begin);
  history.close();
  return { seconds, cpuSeconds: (user + system) / 1e6, heapMb: most / 2 ** 20 };
}
