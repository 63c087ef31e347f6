import { defineOrder } from './definition.ts';
import { byArrival } from './orderings.ts';

export const fifo = defineOrder({
  name: 'fifo',
  version: 1,
  summary: 'first come, first served',
  description: 'Tasks run in the order they were accepted; a task that runs again keeps its place.',
  complexity: 'static',
  place: 'first_fit',
  parameters: {},
  create: () => byArrival,
});
