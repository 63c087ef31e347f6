import { defineOrder } from './definition.ts';

export const sjf = defineOrder({
  name: 'sjf',
  version: 1,
  summary: 'shortest expected run first',
  description:
    'Tasks with the shortest expected run time run first. The least mean wait there is, paid for by long tasks: they wait as long as shorter ones keep coming, and an estimate that is too low pays. `hrrn`, `wfp3` and `unicep` favour short tasks too and let none starve.',
  complexity: 'static',
  parameters: {},
  create: () => ({ class: 'static', key: (task) => task.estimateMs }),
});
