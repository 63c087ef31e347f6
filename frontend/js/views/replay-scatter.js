import { duration, money } from '../model/format.js';
import { html, nothing } from './html.js';
import { round } from './parts.js';

/** @typedef {{ readonly name: string, readonly cost: number, readonly wait: number }} Point */

const frame = { left: 6, right: 94, top: 8, bottom: 52 };

/**
 * Cost against the wait of the unlucky: whoever is on the line is beaten in neither by any other.
 * @param {import('../model/replay-wire.js').ReplayResultWire} result
 */
export function scatter({ cards }) {
  const points = cards.flatMap(({ algorithm, figures }) =>
    figures.wait_ms.p95 === null ? [] : [{ name: algorithm, cost: figures.cost, wait: figures.wait_ms.p95 }],
  );
  if (points.length < 2) return nothing;
  const [costs, waits] = [points.map(({ cost }) => cost), points.map(({ wait }) => wait)];
  const x = scaleOf(costs, frame.left, frame.right);
  const y = scaleOf(waits, frame.bottom, frame.top);
  const front = paretoFront(points);
  const place = (/** @type {Point} */ { cost, wait }) => `${x(cost)} ${y(wait)}`;
  const marks = [...new Set(points.map(place))].map((at) => points.filter((point) => place(point) === at));
  const line = html`<path class="scatter-front" d="M${front.map(place).join('L')}"/>`;
  const axes = html`<path class="chart-grid" d="M${frame.left - 3} ${frame.top - 4}V${frame.bottom + 4}H${frame.right + 3}"/>`;
  return html`<section class="card" aria-labelledby="scatter-title"><header class="card-head"><h2 id="scatter-title">Cost against wait</h2></header>
<figure class="scatter"><svg viewBox="0 0 100 60" role="img" aria-label="Not beaten in both cost and wait: ${front.map(({ name }) => name).join(', ')}.">${axes}${front.length < 2 ? nothing : line}${marks.map((same) => mark(same, points, front, x, y))}</svg>
<figcaption class="chart-scale"><span>${money(Math.min(...costs))}</span><span class="chart-axes">cost →, 95th percentile of the wait ↑ to ${duration(Math.max(...waits))}</span><span>${money(Math.max(...costs))}</span></figcaption></figure>
<ol class="scatter-names">${points.map((point) => html`<li>${point.name}: ${money(point.cost)}, ${duration(point.wait)}${front.includes(point) ? html` <span class="tag">not beaten in both</span>` : nothing}</li>`)}</ol></section>`;
}

/**
 * One dot for those that are at one place, with their numbers.
 * @param {readonly Point[]} same @param {readonly Point[]} points @param {readonly Point[]} front
 * @param {(cost: number) => number} x @param {(wait: number) => number} y
 */
function mark(same, points, front, x, y) {
  const [first] = same;
  if (!first) return nothing;
  const tone = front.includes(first) ? 'tone-ok' : 'tone-wait';
  const numbers = same.map((point) => points.indexOf(point) + 1).join(', ');
  return html`<circle class="${tone}" cx="${x(first.cost)}" cy="${y(first.wait)}" r="1.2"/><text class="scatter-label" text-anchor="middle" x="${x(first.cost)}" y="${round(y(first.wait) - 2.4)}">${numbers}</text>`;
}

/** Those that no other beats or equals in one and beats in the other, cheapest first. @param {readonly Point[]} points */
export function paretoFront(points) {
  return points
    .filter(
      (point) =>
        !points.some(
          (other) => other.cost <= point.cost && other.wait <= point.wait && (other.cost < point.cost || other.wait < point.wait),
        ),
    )
    .sort((a, b) => a.cost - b.cost || b.wait - a.wait);
}

/**
 * Puts the least at `from` and the most at `to`; one value alone in the middle.
 * @param {readonly number[]} values
 * @param {number} from
 * @param {number} to
 */
function scaleOf(values, from, to) {
  const least = Math.min(...values);
  const span = Math.max(...values) - least;
  return (/** @type {number} */ value) => round(span === 0 ? (from + to) / 2 : from + ((value - least) / span) * (to - from));
}
