import { type Compared, type DecisionRecord, flipOf, marginOf, type PartsPlace, type RoomKind } from '../../core/domain/decision.ts';
import type { WhyBody } from '../schemas/why.ts';

export function whyView({ ring, isSpilled, room, isDeadlineAtRisk, considered, full, out, parts, compared }: DecisionRecord): WhyBody {
  return {
    ring,
    spilled: isSpilled,
    room,
    deadline_at_risk: isDeadlineAtRisk,
    considered,
    full,
    out: { ...out },
    parts: parts === undefined ? null : parts.map((place) => ({ ...place })),
    compared: compared === undefined ? null : comparisonView(compared),
  };
}

function comparisonView(compared: Compared): WhyBody['compared'] {
  const { by, unit, wins, total, terms, runnerUp, pools, isPartial } = compared;
  return {
    ...{ by, unit, wins, total },
    terms: terms.map((term) => {
      const { name, weight, value, other } = term;
      return { name, unit: term.unit, weight, value, runner_up: other, flips: flipOf(term, compared) ?? null };
    }),
    runner_up: runnerUp === undefined ? null : { ...runnerUp },
    margin: marginOf(compared) ?? null,
    ranked: pools,
    partial: isPartial,
  };
}

const roomTexts: Readonly<Record<RoomKind, readonly string[]>> = {
  free: [],
  reserved: ['Its room was kept for it, as its needs had waited too long.'],
  backfilled: ['It was put in before a task that the pool is kept for, which it does not delay.'],
};

const lateText = 'By its expected run time there it would end after its deadline.';

/** In sentences; '' where there is nothing to say. */
export function whyText(record: DecisionRecord): string {
  const { compared, isSpilled, room, isDeadlineAtRisk } = record;
  const spilled = isSpilled ? ['Its home had no room.'] : [];
  return [
    ...spilled,
    ...roomTexts[room],
    ...(compared === undefined ? [] : [choiceText(record, compared)]),
    ...(isDeadlineAtRisk ? [lateText] : []),
  ].join(' ');
}

function choiceText(record: DecisionRecord, compared: Compared): string {
  const { considered, ring, parts } = record;
  const { by, total, runnerUp, wins } = compared;
  if (parts !== undefined) return partsChoiceText(parts, compared);
  if (runnerUp === undefined) {
    return considered === 1 ? `It was the only pool${ring === 'home' ? ' of its home' : ''} that may run it.` : 'No other pool had room.';
  }
  const { pool } = runnerUp;
  if (by === 'catalogue') return `It came first in the catalogue; next was ${pool}.`;
  if (total === runnerUp.total) return `Next was ${pool} with the same ${by}, ${told(total)}; it comes later in the catalogue.`;
  return `It had the ${wins === 'lower' ? 'least' : 'most'} ${by}, ${told(total)}; next was ${pool} with ${told(runnerUp.total)}.`;
}

/** Parts are placed one after the other, each with the ones before it in place. */
function partsChoiceText(parts: readonly PartsPlace[], { by, runnerUp, wins }: Compared): string {
  const isRanked = by !== 'catalogue';
  const places = parts.map(({ pool, parts, total }) => `${pool} (${parts}${isRanked ? `, ${told(total)}` : ''})`);
  const rule = isRanked ? `with the ${wins === 'lower' ? 'least' : 'most'} ${by}` : 'that came first in the catalogue';
  const next = runnerUp === undefined ? 'no other had room' : `next was ${runnerUp.pool}${isRanked ? ` with ${told(runnerUp.total)}` : ''}`;
  return `Each part took the pool ${rule} once the parts before it had theirs: ${places.join(', ')}; ${next}.`;
}

function told(total: number | null): string {
  return total === null ? 'no end' : String(total);
}
