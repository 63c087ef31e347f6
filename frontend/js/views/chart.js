/** Small drawings of the last minutes. Pure SVG with classes: no script, no inline style. */
import { html, nothing } from './html.js';
import { round } from './parts.js';

/** @typedef {import('./html.js').Html} Html */

/**
 * A line without axes, behind or beside a number that says the newest value.
 * @param {readonly number[]} values oldest first
 * @param {string} tone
 */
export function sparkline(values, tone) {
  if (values.length < 2) return html`<svg class="spark tone-${tone}" viewBox="0 0 100 24" aria-hidden="true"></svg>`;
  const points = scale(values, { width: 100, height: 20, top: 2 });
  return html`<svg class="spark tone-${tone}" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true"><path class="spark-area" d="${area(points, 24)}"/><path class="spark-line" d="${line(points)}"/></svg>`;
}

/**
 * Area over time with its scale, and a sentence for who cannot see it.
 * @param {{ title: string, values: readonly number[], tone: string, seconds: number, summary: string, unit: string, show: (value: number) => string }} options
 */
export function areaChart({ title, values, tone, seconds, summary, unit, show }) {
  const most = niceCeiling(Math.max(0, ...values));
  const points = scale(values, { width: 300, height: 64, top: 4, most });
  return html`<figure class="chart tone-${tone}">
<figcaption><span class="chart-title">${title}</span> <span class="chart-now num">${show(values.at(-1) ?? 0)}<span class="muted"> ${unit}</span></span></figcaption>
<svg viewBox="0 0 300 72" preserveAspectRatio="none" role="img" aria-label="${summary}"><path class="chart-grid" d="M0 4H300M0 36H300M0 68H300"/>${
    values.length < 2 ? nothing : html`<path class="spark-area" d="${area(points, 68)}"/><path class="spark-line" d="${line(points)}"/>`
  }</svg>
<div class="chart-scale" aria-hidden="true"><span>${seconds > 0 ? `${Math.round(seconds)} s ago` : ''}</span><span>0 to ${show(most)}</span><span>now</span></div>
</figure>`;
}

/**
 * The next of 1, 1.5, 2, 3, 4, 5, 6, 8 × 10^n: a scale that stays still while values change a little.
 * @param {number} value
 */
export function niceCeiling(value) {
  let magnitude = 1;
  while (value > 10 * magnitude) magnitude *= 10;
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((each) => each * magnitude >= value) ?? 10;
  return step * magnitude;
}

/**
 * @param {readonly number[]} values
 * @param {{ width: number, height: number, top: number, most?: number }} frame
 * @returns {readonly (readonly [number, number])[]}
 */
function scale(values, { width, height, top, most = Math.max(1, ...values) }) {
  const step = width / Math.max(1, values.length - 1);
  return values.map((value, index) => [round(index * step), round(top + height - (value / most) * height)]);
}

/** @param {readonly (readonly [number, number])[]} points */
function line(points) {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
}

/** @param {readonly (readonly [number, number])[]} points @param {number} floor */
function area(points, floor) {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return '';
  return `${line(points)}L${last[0]} ${floor}L${first[0]} ${floor}Z`;
}
