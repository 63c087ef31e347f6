import { plural } from '../../../frontend/js/model/format.js';
import type { Notice } from '../../../frontend/js/views/states.js';
import type { Health, SystemStats } from '../../core/engine/engine.ts';
import type { ServerOptions } from '../deps.ts';

/** Reasons that time and capacity will not mend. */
const stuck: Readonly<Record<string, string>> = {
  no_matching_pool: 'for a type, resource or required region that no pool offers',
  larger_than_any_pool: 'for more slots, or more parts at once, than the pools have',
  price_cap: 'for a lower price than any pool asks',
  pools_paused: 'for pools that are paused or draining',
};

/** What the operator should know for as long as it holds. */
export function noticesOf(health: Health, stats: SystemStats, options: Pick<ServerOptions, 'durability'>): readonly Notice[] {
  const notices: Notice[] = [];
  if (health.phase === 'draining')
    notices.push({ text: `Stopping: ${plural(stats.byStatus.processing, 'task')} finish, nothing new starts.` });
  if (health.storage === 'full') notices.push({ text: 'The disk is full: reading only. Writing resumes by itself when there is room.' });
  if (health.storage === 'failed' || !health.database) notices.push({ text: 'The database cannot be used: see the log of the server.' });
  if (health.phase === 'ready' && health.storage === 'ok' && !health.scheduler)
    notices.push({ text: 'The decision loop does not answer.', to: '/health', label: 'Health' });
  for (const [code, what] of Object.entries(stuck)) {
    const amount = stats.waitingByReason[code] ?? 0;
    if (amount > 0)
      notices.push({
        text: `${plural(amount, 'task')} ${amount === 1 ? 'waits' : 'wait'} ${what}.`,
        to: '/tasks?status=queued',
        label: 'Waiting tasks',
      });
  }
  if (stats.pastMaxWait > 0)
    notices.push({
      text: `${plural(stats.pastMaxWait, 'task')} ${stats.pastMaxWait === 1 ? 'has' : 'have'} waited longer than the strategy promises.`,
      to: '/algorithms',
      label: 'What it promises',
    });
  if (options.durability === 'normal') notices.push({ text: 'TRX_DURABILITY=normal: a power cut may lose the last tasks.' });
  return notices;
}
