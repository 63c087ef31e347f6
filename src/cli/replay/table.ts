import type { Report } from '../../core/replay/report.ts';
import { textTable } from '../text-table.ts';

type Policy = Report['policies'][number];
type Figures = Omit<Policy, 'policy' | 'backfill' | 'windows'>;

/** For people: rounded, and no mean without its maximum. */
export function replayTable(report: Report): string {
  const { trace, procs, semantics, jobs_kept: kept, jobs_read: read, estimates } = report;
  const head = [
    `${trace} on ${count(procs)} processors, semantics ${semantics}`,
    `${count(kept)} of ${count(read)} jobs${droppedText(report.dropped)}, estimates: ${estimates === 'user' ? "the users'" : 'the run times'}`,
  ];
  const rows = report.policies.flatMap((policy) => [
    [policy.policy, policy.backfill, ...cells(policy)],
    ...policy.windows.map((window) => [`  ${window.start}:${window.count}`, '', ...cells(window)]),
  ]);
  return `${head.join('\n')}\n\n${textTable([columns, ...rows])}\n`;
}

const columns = [
  'policy',
  'backfill',
  'jobs',
  'wait mean s',
  'p95',
  'max',
  'slowdown mean',
  'p95',
  'max',
  'rms',
  'wait+run mean s',
  'utilisation',
  'fairness',
  'cost',
  'jobs/s',
];

function cells(figures: Figures): string[] {
  return [
    count(figures.jobs),
    number(figures.mean_wait_s, 1),
    number(figures.p95.wait_s, 1),
    number(figures.max_wait_s, 0),
    number(figures.mean_bounded_slowdown, 2),
    number(figures.p95.bounded_slowdown, 2),
    number(figures.max_bounded_slowdown, 1),
    number(figures.rms_bounded_slowdown, 2),
    number(figures.mean_turnaround_s, 1),
    number(figures.utilisation_last_end, 3),
    number(figures.fairness_jain, 3),
    number(figures.cost, 2),
    number(figures.jobs_per_s, 0),
  ];
}

function droppedText(dropped: Report['dropped']): string {
  const causes = Object.entries(dropped).map(([cause, jobs]) => `${count(jobs)} ${cause.replaceAll('_', ' ')}`);
  return causes.length === 0 ? '' : ` (dropped: ${causes.join(', ')})`;
}

function number(value: number | null, digits: number): string {
  if (value === null) return '-';
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
