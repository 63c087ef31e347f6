import { escapeHtml } from './html.ts';
import type { Scale } from './scale.ts';

/** The plot of a chart inside its margins, in pixels. */
export const plot = { left: 70, right: 690, top: 12, bottom: 270, width: 720, height: 320 } as const;

export interface Axis {
  readonly scale: Scale;
  readonly label: string;
  readonly format: (value: number) => string;
}

/** A chart with its axes. `title` says what it shows, for those who do not see it. `marks` is SVG. */
export function chart(title: string, x: Axis, y: Axis, marks: string): string {
  const xTicks = x.scale.ticks.map((tick) => {
    const at = fixed(x.scale.place(tick));
    return `<line class="axis" x1="${at}" x2="${at}" y1="${plot.bottom}" y2="${plot.bottom + 5}"/><text x="${at}" y="${plot.bottom + 18}" text-anchor="middle">${escapeHtml(x.format(tick))}</text>`;
  });
  const yTicks = y.scale.ticks.map((tick) => {
    const at = fixed(y.scale.place(tick));
    return `<line class="axis" x1="${plot.left}" x2="${plot.right}" y1="${at}" y2="${at}" stroke-dasharray="2 3"/><text x="${plot.left - 6}" y="${at}" dy="4" text-anchor="end">${escapeHtml(y.format(tick))}</text>`;
  });
  const frame = `<path class="axis" fill="none" d="M${plot.left} ${plot.top}V${plot.bottom}H${plot.right}"/>`;
  const xLabel = `<text x="${(plot.left + plot.right) / 2}" y="${plot.bottom + 40}" text-anchor="middle">${escapeHtml(x.label)}</text>`;
  const yLabel = `<text transform="translate(14 ${(plot.top + plot.bottom) / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(y.label)}</text>`;
  return svg(title, plot.width, plot.height, [...xTicks, ...yTicks, frame, xLabel, yLabel, marks].join('\n'));
}

export function svg(title: string, width: number, height: number, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><title>${escapeHtml(title)}</title>\n${content}\n</svg>`;
}

/** One decimal of a pixel is enough, and halves the file. */
export function fixed(pixels: number): string {
  return String(Math.round(pixels * 10) / 10);
}
