import { priceOf, priceOfRun } from '../../core/domain/cost.ts';
import type { PlacePreview, TaskPreview } from '../../core/engine/task-preview.ts';
import type { TaskPreviewBody } from '../schemas/preview.ts';
import { isoTime } from '../time.ts';
import { countsView, expectedIn, forecastView } from './explanation.ts';
import { partsText } from './parts-text.ts';
import { holdView } from './task.ts';
import { whyText, whyView } from './why.ts';

export function previewView(preview: TaskPreview, seq: number): TaskPreviewBody {
  const { at, spec, strategy, refusal, others, counts } = preview;
  return {
    as_of: isoTime(at),
    seq,
    strategy: strategy.name,
    epoch: strategy.epoch,
    ...placeView(preview, spec.cost),
    counts: countsView(counts),
    refusal: refusal === undefined ? null : { code: refusal.code, detail: refusal.message, retry_after_s: refusal.retryAfterS ?? null },
    strategies: others.map(({ name, preview: place }) => ({ algorithm: name, ...placeView(place, spec.cost) })),
  };
}

function placeView(place: PlacePreview, units: number) {
  const { pool, holds, isInfeasible, forecast, record } = place;
  return {
    starts_now: pool !== undefined && holds.length === 0,
    infeasible: isInfeasible,
    summary: summaryOf(place, units),
    holds: holds.map(holdView),
    pool: pool?.name ?? null,
    placements: place.parts.length === 0 ? null : place.parts.map(({ name }) => name),
    region: pool?.region ?? null,
    cost: costView(place, units),
    forecast: forecast === undefined ? null : forecastView(forecast),
    why: record === undefined ? null : whyView(record),
  };
}

function costView(place: PlacePreview, units: number) {
  const price = priceThere(place, units);
  if (price !== undefined) return { least: price, most: price };
  const [least, most] = place.prices ?? [];
  return least === undefined || most === undefined ? null : { least: priceOf(units, least), most: priceOf(units, most) };
}

/** `undefined`: nobody knows where it would start. */
function priceThere({ pool, parts }: PlacePreview, units: number): number | undefined {
  return pool && priceOfRun(units, parts.length === 0 ? [pool] : parts);
}

function summaryOf(place: PlacePreview, units: number): string {
  const { pool, parts, holds, isInfeasible, forecast, record } = place;
  const [first] = holds;
  if (isInfeasible) return `It could never start as it is: ${first?.summary ?? ''}`;
  if (first === undefined) {
    const why = record === undefined ? '' : whyText(record);
    const where = parts.length === 0 ? pool?.name : partsText(parts.map(({ name }) => name));
    return `It would start now on ${where}, for ${priceThere(place, units) ?? 0}.${why === '' ? '' : ` ${why}`}`;
  }
  return `It would wait: ${first.summary}${expectedIn(forecast, holds)}`;
}
