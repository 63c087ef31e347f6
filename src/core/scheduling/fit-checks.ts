/**
 * What a pool must pass to take a task now, in the order it is told: what it is, whether it takes anything, how many of a type it may run, and
 * room. `passes` of all of them says the same as being in a set and having room there.
 */
export const fitChecks = ['type', 'parts', 'resource_type', 'region', 'label', 'price', 'slots', 'state', 'type_limit', 'room'] as const;
export type FitCheck = (typeof fitChecks)[number];
