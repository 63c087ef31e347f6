import { type Axis, chart, fixed, plot, svg } from './axes.ts';
import { escapeHtml, seriesColour } from './html.ts';
import { linearScale, timeScale } from './scale.ts';
import { amountText, durationText, shareText } from './texts.ts';

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Share of jobs that waited no longer than x. */
export function waitChart(series: readonly Series[]): string {
  const most = Math.max(1, ...series.flatMap(({ points }) => points.map(([wait]) => wait)));
  const x: Axis = { scale: timeScale(most, plot.left, plot.right), label: 'wait', format: durationText };
  const y: Axis = { scale: linearScale(0, 1, plot.bottom, plot.top), label: 'share of jobs', format: shareText };
  return withLegend(chart('Share of jobs that waited no longer than a time, per policy', x, y, lines(series, x, y)), series);
}

/** A figure over the days of the trace. */
export function dayChart(title: string, label: string, series: readonly Series[]): string {
  const xs = series.flatMap(({ points }) => points.map(([day]) => day));
  const most = Math.max(1, ...series.flatMap(({ points }) => points.map(([, value]) => value)));
  const x: Axis = {
    scale: linearScale(Math.min(...xs), Math.max(...xs), plot.left, plot.right),
    label: 'days since the begin of the trace',
    format: amountText,
  };
  const y: Axis = { scale: linearScale(0, most, plot.bottom, plot.top), label, format: amountText };
  return withLegend(chart(title, x, y, lines(series, x, y)), series);
}

export interface Dot {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** No other dot is better in one and at least as good in the other. */
  readonly isOnFront: boolean;
}

/** Two figures of which less is better, and the front of those that nothing beats in both. */
export function tradeOffChart(title: string, xLabel: string, yLabel: string, dots: readonly Dot[]): string {
  const x: Axis = { scale: linearScale(0, most(dots.map((dot) => dot.x)), plot.left, plot.right), label: xLabel, format: amountText };
  const y: Axis = { scale: linearScale(0, most(dots.map((dot) => dot.y)), plot.bottom, plot.top), label: yLabel, format: amountText };
  const front = dots.filter(({ isOnFront }) => isOnFront).sort((a, b) => a.x - b.x || b.y - a.y);
  const path = front.map((dot, i) => `${i === 0 ? 'M' : 'L'}${fixed(x.scale.place(dot.x))} ${fixed(y.scale.place(dot.y))}`).join('');
  const marks = dots.map((dot, i) => {
    const [cx, cy] = [x.scale.place(dot.x), y.scale.place(dot.y)];
    const isRight = cx > (plot.left + plot.right) / 2;
    const name = `<text class="name" x="${fixed(cx + (isRight ? -9 : 9))}" y="${fixed(cy)}" dy="4" text-anchor="${isRight ? 'end' : 'start'}">${escapeHtml(dot.name)}</text>`;
    return `<circle cx="${fixed(cx)}" cy="${fixed(cy)}" r="5" fill="${seriesColour(i)}"/>${name}`;
  });
  return chart(title, x, y, `<path d="${path}" fill="none" stroke="var(--dim)" stroke-dasharray="5 4"/>\n${marks.join('\n')}`);
}

export interface GanttBar {
  readonly from: number;
  readonly until: number;
  readonly processors: readonly number[];
  readonly text: string;
  readonly isMarked: boolean;
}

/** Jobs on processors over time. */
export function ganttChart(
  title: string,
  bars: readonly GanttBar[],
  machine: number,
  range: readonly [from: number, until: number],
): string {
  const height = plot.bottom - plot.top;
  const row = height / machine;
  const x = linearScale(range[0], range[1], plot.left, plot.right);
  const marks = bars.map((bar, i) => {
    const [left, right] = [x.place(bar.from), x.place(bar.until)];
    const rects = stretches(bar.processors).map(([first, count]) => {
      return `<rect x="${fixed(left)}" y="${fixed(plot.top + first * row)}" width="${fixed(Math.max(0.5, right - left))}" height="${fixed(Math.max(0.5, count * row))}"/>`;
    });
    const colour = bar.isMarked ? '#d55e00' : seriesColour(i % 2 === 0 ? 0 : 5);
    return `<g fill="${colour}" fill-opacity=".75" stroke="var(--paper)" stroke-width=".3"><title>${escapeHtml(bar.text)}</title>${rects.join('')}</g>`;
  });
  const times: Axis = { scale: x, label: 'time', format: durationText };
  const processors: Axis = { scale: linearScale(0, machine, plot.top, plot.bottom), label: 'processors', format: amountText };
  return chart(title, times, processors, marks.join('\n'));
}

/** Neighbouring numbers together: [first, how many]. */
function stretches(numbers: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last !== undefined && last[0] + last[1] === number) last[1]++;
    else found.push([number, 1]);
  }
  return found;
}

function lines(series: readonly Series[], x: Axis, y: Axis): string {
  return series
    .map(({ points }, i) => {
      const path = points.map(([px, py], j) => `${j === 0 ? 'M' : 'L'}${fixed(x.scale.place(px))} ${fixed(y.scale.place(py))}`).join('');
      return `<path d="${path}" fill="none" stroke="${seriesColour(i)}" stroke-width="1.6"/>`;
    })
    .join('\n');
}

function withLegend(chartSvg: string, series: readonly Series[]): string {
  const entries = series.map(({ name }, i) => {
    const at = 10 + (i % 4) * 175;
    const line = 14 + Math.floor(i / 4) * 18;
    return `<rect x="${at}" y="${line - 9}" width="14" height="4" fill="${seriesColour(i)}"/><text class="name" x="${at + 20}" y="${line}">${escapeHtml(name)}</text>`;
  });
  const height = 8 + 18 * Math.ceil(series.length / 4);
  return `${svg('legend', plot.width, height, entries.join(''))}\n${chartSvg}`;
}

function most(values: readonly number[]): number {
  return Math.max(1e-9, ...values) * 1.05;
}
