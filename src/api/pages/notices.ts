import { plural } from '../../../frontend/js/model/format.js';
import type { Notice } from '../../../frontend/js/views/states.js';
import type { EpochMs, Ms } from '../../core/domain/units.ts';
import type { Engine, Health, SystemStats } from '../../core/engine/engine.ts';
import type { WaitingWork } from '../../core/engine/waiting-work.ts';
import type { PageDeps } from './screen.ts';

/** Reasons that time and capacity will not mend. */
const stuck: Readonly<Record<string, string>> = {
  no_matching_pool: 'for what no pool offers',
  larger_than_any_pool: 'for more slots, or more parts at once, than the pools have',
  price_cap: 'for a lower price than any pool asks',
  pools_paused: 'for pools that take no tasks now',
};

/** What is missing is found by a look at all that waits: so often at most, and anew after a while though nothing seems to have changed. */
const lookedAtMost: Ms = 5_000;
const lookedAgain: Ms = 60_000;

interface Look {
  readonly at: EpochMs;
  /** Counts it was taken at. */
  readonly counts: string;
  readonly byCode: ReadonlyMap<string, WaitingWork['groups'][number]>;
}

/** What the operator should know for as long as it holds. */
export function createNotices({
  engine,
  clock,
  options,
}: Pick<PageDeps, 'engine' | 'clock' | 'options'>): () => Promise<readonly Notice[]> {
  let last: Look | undefined;

  return async () => {
    const [health, stats] = [await engine.health(), engine.stats()];
    const hasPowerRisk = options.durability === 'normal';
    return [
      ...healthNotices(health, stats),
      ...stuckNotices(stats, await look(stats)),
      ...lateNotices(stats),
      ...(hasPowerRisk ? [{ text: 'TRX_DURABILITY=normal: a power cut may lose the last tasks.' }] : []),
    ];
  };

  async function look({ waitingByReason }: SystemStats): Promise<Look['byCode']> {
    const codes = Object.keys(stuck).filter((code) => (waitingByReason[code] ?? 0) > 0);
    const counts = codes.map((code) => `${code} ${waitingByReason[code]}`).join();
    const at = clock.now();
    if (codes.length === 0) last = undefined;
    else if (last === undefined || at - last.at >= (last.counts === counts ? lookedAgain : lookedAtMost)) {
      last = { at, counts, byCode: await groupsOf(engine, codes) };
    }
    return last?.byCode ?? new Map();
  }
}

/** Of each reason the needs that most tasks have. */
async function groupsOf(engine: Pick<Engine, 'waiting'>, codes: readonly string[]): Promise<Look['byCode']> {
  const found: [string, WaitingWork['groups'][number]][] = [];
  for (const code of codes) {
    const [group] = (await engine.waiting({ limit: 1, code })).groups;
    if (group !== undefined) found.push([code, group]);
  }
  return new Map(found);
}

function healthNotices({ phase, storage, database, scheduler }: Health, { byStatus }: SystemStats): readonly Notice[] {
  const notices: Notice[] = [];
  if (phase === 'draining') notices.push({ text: `Stopping: ${plural(byStatus.processing, 'task')} finish, nothing new starts.` });
  if (storage === 'full') notices.push({ text: 'The disk is full: reading only. Writing resumes by itself when there is room.' });
  if (storage === 'failed' || !database) notices.push({ text: 'The database cannot be used: see the log of the server.' });
  if (phase === 'ready' && storage === 'ok' && !scheduler)
    notices.push({ text: 'The decision loop does not answer.', to: '/health', label: 'Health' });
  return notices;
}

function stuckNotices({ waitingByReason }: SystemStats, byCode: Look['byCode']): readonly Notice[] {
  return Object.entries(stuck).flatMap(([code, what]) => {
    const amount = waitingByReason[code] ?? 0;
    if (amount === 0) return [];
    const group = byCode.get(code);
    const text = `${plural(amount, 'task')} ${amount === 1 ? 'waits' : 'wait'} ${what}.`;
    const waiting = { to: '/tasks?status=queued', label: 'Waiting tasks' };
    if (group === undefined) return [{ text, ...waiting }];
    const why = code === 'pools_paused' ? '' : ` ${group.tasks === amount ? '' : `${group.tasks} of them: `}${group.hold.summary}`;
    const oldest = group.oldest === undefined ? waiting : { to: `/tasks/${group.oldest}/explain`, label: 'Why, and what helps' };
    return [{ text: `${text}${why}`, ...oldest }];
  });
}

function lateNotices({ pastMaxWait }: SystemStats): readonly Notice[] {
  if (pastMaxWait === 0) return [];
  const text = `${plural(pastMaxWait, 'task')} ${pastMaxWait === 1 ? 'has' : 'have'} waited longer than the strategy promises.`;
  return [{ text, to: '/algorithms', label: 'What it promises' }];
}
