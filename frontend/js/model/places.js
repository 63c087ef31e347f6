/**
 * Where one can go, with the key that follows `g`; `role`: only for those who have it; `isOfOneTenant`: also for those who see one tenant alone.
 * @type {readonly { readonly to: string, readonly label: string, readonly key: string, readonly role?: string, readonly isOfOneTenant?: boolean }[]}
 */
export const places = [
  { to: '/', label: 'Overview', key: 'o' },
  { to: '/pools', label: 'Pools', key: 'p', isOfOneTenant: true },
  { to: '/tasks', label: 'Tasks', key: 't', isOfOneTenant: true },
  { to: '/quotas', label: 'Limits', key: 'q' },
  { to: '/algorithms', label: 'Algorithms', key: 'a', isOfOneTenant: true },
  { to: '/replays', label: 'Replays', key: 'r' },
  { to: '/simulate', label: 'Simulate', key: 's' },
  { to: '/logs', label: 'Log', key: 'l' },
  { to: '/keys', label: 'Keys', key: 'k', role: 'admin' },
];

/** Those that open to who looks. @param {{ readonly role: string, readonly tenant: string | null } | null} viewer null: nobody needs a key */
export function placesFor(viewer) {
  return places.filter(
    ({ role, isOfOneTenant }) =>
      viewer === null || ((role === undefined || viewer.role === role) && (viewer.tenant === null || isOfOneTenant === true)),
  );
}
