import type { Metric } from '../metric.ts';
import type { Measure } from './measures.ts';

/** A Markdown table: readable in a terminal, and pasted into RESULTS.md as it is. */
export function tableOf(metrics: readonly (Metric | Measure)[]): string {
  const rows = [['metric', 'value', 'range', 'unit', 'baseline', 'its value', 'ratio', 'range'], ...metrics.map(rowOf)];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [head, ...body] = rows.map(line);
  return [head, line(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}

function rowOf(metric: Metric | Measure): string[] {
  const spread = 'low' in metric ? metric : undefined;
  return [
    metric.metric,
    figure(metric.value),
    spread === undefined ? '' : rangeOf(spread.low, spread.high),
    metric.unit,
    metric.baseline ?? '',
    metric.baseline_value === null ? '' : figure(metric.baseline_value),
    metric.ratio === null ? '' : figure(metric.ratio),
    spread === undefined || spread.ratioLow === null || spread.ratioHigh === null ? '' : rangeOf(spread.ratioLow, spread.ratioHigh),
  ];
}

function rangeOf(low: number, high: number): string {
  return low === high ? '' : `${figure(low)} - ${figure(high)}`;
}

/** Three significant figures, whole numbers in full. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
