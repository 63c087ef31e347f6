import type { Comparison } from '../../core/replay/comparison.ts';
import { compareTo } from '../../core/replay/comparison.ts';
import { quantile } from '../../core/replay/percentiles.ts';
import type { Report } from '../../core/replay/report.ts';
import type { PolicyResult } from '../../core/replay/run-policy.ts';
import { timelineOf } from '../../core/replay/timeline.ts';
import type { TraceNames } from '../../core/replay/trace.ts';
import { type Dot, dayChart, type Series, tradeOffChart, waitChart } from './charts.ts';
import { ganttSections } from './gantt-sections.ts';
import { escapeHtml, htmlPage, htmlTable } from './html.ts';
import { namesOf } from './names.ts';
import { readingAid } from './reading-aid.ts';
import { amountText, durationText, shareText } from './texts.ts';
import { userSection, worstSection } from './who-waits.ts';

export interface ReportPage {
  readonly report: Report;
  readonly results: readonly PolicyResult[];
  readonly base: PolicyResult;
  readonly seed: number;
  /** What ids and users stand for, where the trace has names. */
  readonly names: TraceNames | undefined;
  /** What repeats it. */
  readonly command: string;
  readonly version: string;
}

/** The comparison as one file that opens from disk: figures, differences, charts, who waits longest, and how to repeat it. */
export function replayReportPage(page: ReportPage): string {
  const { report, results, base } = page;
  const title = `${report.trace}: ${results.length === 1 ? base.policy : `${results.length} policies`}`;
  return htmlPage(title, [head(page, title), figures(report), differences(page), ...charts(page), ...who(page), foot(page)].join('\n'));
}

function head({ report, results, base, seed, names }: ReportPage, title: string): string {
  const dropped = Object.entries(report.dropped).map(([cause, jobs]) => `${jobs} ${cause.replaceAll('_', ' ')}`);
  const facts = [
    `${amountText(report.jobs_kept)} of ${amountText(report.jobs_read)} jobs${dropped.length > 0 ? ` (dropped: ${dropped.join(', ')})` : ''}`,
    `${amountText(report.procs)} processors`,
    `semantics ${report.semantics}`,
    report.estimates === 'user' ? "the users' estimates" : 'run times taken for estimates',
  ];
  const aid = readingAid(base, results, seed, namesOf(names)).map((sentence) => `<li>${escapeHtml(sentence)}</li>`);
  const list = aid.length > 0 ? `<ul>${aid.join('\n')}</ul>` : '';
  return `<h1>${escapeHtml(title)}</h1>\n<p class="dim">${escapeHtml(facts.join(' · '))}</p>\n${list}`;
}

function figures({ policies }: Report): string {
  const rows = policies.map((policy) => [
    policy.policy,
    policy.backfill,
    durationText(policy.mean_wait_s),
    durationText(policy.p95.wait_s),
    durationText(policy.max_wait_s),
    text(policy.mean_bounded_slowdown),
    text(policy.p95.bounded_slowdown),
    text(policy.max_bounded_slowdown),
    share(policy.utilisation_last_end),
    share(policy.makespan_gap),
    text(policy.fairness_jain),
    text(policy.cost),
    share(policy.deadline_misses[0]?.share ?? null),
  ]);
  const caption = 'Over bound: makespan above what any schedule needs. Late: share of jobs done later than 2 estimates after their submit.';
  const columns = ['policy', 'backfill', 'mean wait', 'p95', 'max', 'mean slowdown', 'p95', 'max', 'utilisation', 'over bound'];
  return `<h2>Figures</h2>\n${htmlTable(caption, [[...columns, 'fairness', 'cost', 'late'], ...rows])}`;
}

const compared: readonly (readonly [keyof Comparison, string])[] = [
  ['meanWaitS', 'mean wait'],
  ['p95WaitS', 'p95 wait'],
  ['maxWaitS', 'max wait'],
  ['meanBoundedSlowdown', 'mean slowdown'],
  ['cost', 'cost'],
];

function differences({ results, base, seed }: ReportPage): string {
  if (results.length < 2) return '';
  const rows = results
    .filter((result) => result !== base)
    .map((result) => {
      const comparison = compareTo(base, result, seed);
      return [result.policy, ...compared.map(([figure]) => differenceText(comparison[figure]))];
    });
  const caption =
    base.windows.length > 1
      ? 'In brackets the 95 % interval of the difference over the windows (bootstrap). Better and worse are said only where it leaves 0 out.'
      : 'One run says nothing about chance: compare over several windows to get intervals.';
  return `<h2>Difference to ${escapeHtml(base.policy)}</h2>\n${htmlTable(caption, [['policy', ...compared.map(([, name]) => name)], ...rows])}`;
}

/** In percent of the base where that has a figure, the interval too. */
function differenceText({ absolute, relative, interval, verdict }: Comparison[keyof Comparison]): string {
  if (absolute === null) return '-';
  if (absolute === 0) return 'the same';
  const percent = relative === null ? undefined : (value: number) => `${signed((value * relative * 100) / absolute)} %`;
  const format = percent ?? signed;
  const range = interval === undefined ? '' : ` [${format(interval.low)}, ${format(interval.high)}]`;
  return `${format(absolute)}${range}${verdict === undefined ? '' : ` ${verdict}`}`;
}

function charts({ report, results }: ReportPage): string[] {
  const sections = [`<h2>Waits</h2>\n${waitChart(results.map(waitSeries))}`];
  if (results.length > 1) sections.push(tradeOff(report));
  const [first] = results;
  if (first !== undefined && first.windows.length === 0) {
    const lines = results.map(({ policy, schedules }) => {
      const timeline = schedules[0] === undefined ? undefined : timelineOf(schedules[0], 300);
      return { policy, timeline };
    });
    const series = (pick: 'waiting' | 'busy'): Series[] =>
      lines.flatMap(({ policy, timeline }) => {
        if (timeline === undefined) return [];
        const at = (step: number) => (timeline.from + (step + 0.5) * timeline.stepS) / 86_400;
        return [{ name: policy, points: Array.from(timeline[pick], (value, step) => [at(step), value] as const) }];
      });
    sections.push(`<h2>Over time</h2>\n${dayChart('Jobs waiting over time, per policy', 'jobs waiting', series('waiting'))}`);
    sections.push(dayChart('Processors busy over time, per policy', 'processors busy', series('busy')));
  }
  return sections;
}

/** 200 points of the distribution, more of them in the tail. */
function waitSeries({ policy, schedules }: PolicyResult): Series {
  const waits = Float64Array.from(
    schedules.flatMap(({ jobs, starts }) => Array.from(starts, (start, row) => start - (jobs.submit[row] ?? 0))),
  ).sort();
  const shares = Array.from({ length: 201 }, (_, i) => 1 - (1 - i / 200) ** 2);
  return { name: policy, points: shares.map((at) => [quantile(waits, at) ?? 0, at] as const) };
}

/** Cost against p95 where policies differ in cost, else the mean against the longest wait: who buys the one with the other. */
function tradeOff({ policies }: Report): string {
  const differInCost = new Set(policies.map(({ cost }) => cost)).size > 1;
  const points = policies.map((policy) => ({
    name: policy.policy,
    x: (differInCost ? policy.cost : policy.mean_bounded_slowdown) ?? 0,
    y: ((differInCost ? policy.p95.wait_s : policy.max_wait_s) ?? 0) / 3_600,
  }));
  const dots: Dot[] = points.map((point) => ({
    ...point,
    isOnFront: !points.some((other) => other.x <= point.x && other.y <= point.y && (other.x < point.x || other.y < point.y)),
  }));
  return differInCost
    ? `<h2>Cost against waiting</h2>\n${tradeOffChart('Cost against the p95 of waiting, less of both is better', 'cost', 'p95 wait, h', dots)}`
    : `<h2>The mean against the longest wait</h2>\n${tradeOffChart('Mean bounded slowdown against the longest wait, less of both is better', 'mean bounded slowdown', 'longest wait, h', dots)}`;
}

function who({ report, results, base, names }: ReportPage): string[] {
  const called = namesOf(names);
  return [worstSection(base, results, called), userSection(base, results, called), ganttSections(results, report.procs, called)];
}

function foot({ report, seed, command, version }: ReportPage): string {
  const notes = report.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('\n');
  return [
    `<h2>How to repeat it</h2>\n<pre>${escapeHtml(command)}</pre>`,
    `<p class="dim">TaskRouterX ${escapeHtml(version)}, seed ${seed}. Figures hold within semantics ${escapeHtml(report.semantics)} and are not to be compared with those of another.</p>`,
    notes === '' ? '' : `<h2>About the trace</h2>\n<ul>${notes}</ul>`,
  ].join('\n');
}

function text(value: number | null): string {
  return value === null ? '-' : amountText(value);
}

function share(value: number | null): string {
  return value === null ? '-' : shareText(value);
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${amountText(Math.abs(value))}`;
}
