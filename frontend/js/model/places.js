/** Where one can go, with the key that follows `g`. */
export const places = [
  { to: '/', label: 'Overview', key: 'o' },
  { to: '/pools', label: 'Pools', key: 'p' },
  { to: '/tasks', label: 'Tasks', key: 't' },
  { to: '/quotas', label: 'Limits', key: 'q' },
  { to: '/algorithms', label: 'Algorithms', key: 'a' },
  { to: '/replays', label: 'Replays', key: 'r' },
  { to: '/simulate', label: 'Simulate', key: 's' },
  { to: '/logs', label: 'Log', key: 'l' },
];
