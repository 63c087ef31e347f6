/** Where something is that people look for under another address. */
import { placesFor } from '../../../frontend/js/model/places.js';
import { nearest } from '../../core/domain/near.ts';

interface Elsewhere {
  readonly to: string;
  readonly label: string;
  /** Why there; '' where the label says it. */
  readonly says: string;
}

/** Words for a page that is not called so. */
const others: readonly (readonly [to: string, says: string, words: readonly string[]])[] = [
  ['/', 'counters, pools and the newest tasks', ['overview', 'home', 'index', 'dashboard', 'stats', 'status', 'system']],
  ['/pools', 'machines are on the page of the pool they joined', ['node', 'nodes', 'worker', 'workers', 'machines', 'cluster']],
  ['/pools', 'what runs where, and what it costs', ['pool', 'regions', 'capacity', 'prices', 'labels']],
  ['/tasks', 'every task, by status, type, pool and tenant', ['task', 'job', 'jobs', 'queue', 'queues', 'batch', 'results', 'operations']],
  ['/quotas', 'the limits of types, tenants and pools', ['type', 'types', 'tenant', 'tenants', 'quota', 'limit', 'limits', 'users']],
  [
    '/algorithms',
    'the strategies, and the one that decides',
    ['algorithm', 'strategy', 'strategies', 'scheduler', 'policy', 'config', 'switch'],
  ],
  ['/replays', 'other strategies on the own history', ['replay', 'compare', 'history']],
  ['/simulate', 'traffic to try things with', ['simulation', 'simulations', 'simulator', 'traffic']],
  ['/logs', 'every change that was committed', ['log', 'events', 'audit', 'decisions']],
  ['/keys', 'who may come in', ['key', 'tokens', 'access', 'auth']],
  ['/docs', 'the HTTP API', ['api', 'doc', 'swagger', 'redoc', 'help']],
];

const notPlaces = [{ to: '/docs', label: 'API' }] as const;

/** The page that somebody at `path` may have meant, if it opens to them. */
export function elsewhere(path: string, viewer: Parameters<typeof placesFor>[0]): readonly Elsewhere[] {
  const open = [...placesFor(viewer), ...notPlaces];
  const byWord = new Map<string, { readonly to: string; readonly says: string }>();
  for (const { to } of open) byWord.set(to.slice(1), { to, says: '' });
  for (const [to, says, words] of others) for (const word of words) byWord.set(word, { to, says });
  const word = (path.split('/')[1] ?? '').toLowerCase().replace(/\.\w+$/, '');
  const known = byWord.has(word)
    ? word
    : nearest(
        word,
        [...byWord.keys()].filter((one) => one.length > 2),
      )[0];
  const page = known === undefined ? undefined : byWord.get(known);
  return open.flatMap(({ to, label }) => (to === page?.to ? [{ to, label, says: page.says }] : []));
}
