import { spendWindows } from '../../core/domain/quota.ts';
import { Strict, StringEnum } from './common.ts';
import { type Static, Type } from './type.ts';

const perSecond = Type.Number({ minimum: 0.00001, maximum: 1_000_000, description: 'Submits a second on average; 0.01 is 36 an hour.' });
const burst = Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Submits at once; left out: those of one second, at least 1.' });

export const Rate = Strict({ per_second: perSecond, burst: Type.Optional(burst) }, { description: 'How many submits may come.' });
export type RateBody = Static<typeof Rate>;

export const RatePatch = Strict(
  { per_second: Type.Optional(perSecond), burst: Type.Optional(burst) },
  { minProperties: 1, description: 'How many submits may come; null takes the limit away.' },
);
export type RatePatchBody = Static<typeof RatePatch>;

export const RateState = Strict({ per_second: Type.Number(), burst: Type.Integer() });

const spendLimit = Type.Number({ minimum: 0, maximum: 1_000_000_000, description: 'Money, in the unit of cost_per_unit.' });
const spendWindow = StringEnum(spendWindows, { description: 'Of the calendar, in UTC.' });

export const Spend = Strict({ limit: spendLimit, window: spendWindow }, { description: 'What may be spent in each window.' });
export type SpendBody = Static<typeof Spend>;

export const SpendPatch = Strict(
  { limit: Type.Optional(spendLimit), window: Type.Optional(spendWindow) },
  { minProperties: 1, description: 'What may be spent in each window; null takes the limit away.' },
);
export type SpendPatchBody = Static<typeof SpendPatch>;

export const SpendState = Strict({ limit: Type.Number(), window: spendWindow });

/** Attempts or tasks. */
export const Count = (description: string) => Type.Integer({ minimum: 0, maximum: 100_000_000, description });

export const ForceQuery = Strict({
  force: Type.Optional(
    Type.Boolean({
      description:
        'Set a limit also where more is in use already (else 409): nothing is stopped, and nothing new starts until there is room.',
    }),
  ),
});
