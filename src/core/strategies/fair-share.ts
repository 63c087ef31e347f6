import { defineOrder } from './definition.ts';

export const fairShare = defineOrder({
  name: 'fair_share',
  version: 1,
  summary: 'tenants share by weight',
  description:
    'The tenant that used least goes first, by weight. `charge` counts slots × run time: the estimate when a task starts, what it really took when it ended; use fades with `half_life_h`, and idling saves nothing up. `dominant` counts what a tenant holds right now: the largest share of CPU or GPU slots it would have with the task (dominant resource fairness). Tasks of one tenant run by priority, then in the order they were accepted.',
  complexity: 'share',
  parameters: {
    share: { default: 'charge', words: ['charge', 'dominant'], description: 'What is shared: slots × time used, or slots held now.' },
    half_life_h: {
      default: 24,
      minimum: 0.01,
      maximum: 8_760,
      description: 'Hours after which use counts half.',
    },
  },
  create: ({ share, half_life_h: halfLifeH }) => ({
    class: 'share',
    share,
    key: (task) => -task.priority,
    charge: (task) => task.slots * task.estimateMs,
    halfLifeMs: halfLifeH * 3_600_000,
  }),
});
