import { barsOf } from '../../core/replay/lanes.ts';
import type { PolicyResult, Schedule } from '../../core/replay/run-policy.ts';
import { worstJobs } from '../../core/replay/worst-jobs.ts';
import { type GanttBar, ganttChart } from './charts.ts';
import { escapeHtml } from './html.ts';
import type { Names } from './names.ts';
import { durationText } from './texts.ts';

/** Jobs that a chart can show and an eye can follow. */
const barsShown = 160;
/** Beyond this a processor is thinner than a line. */
const processorsShown = 1_024;

/**
 * A Gantt chart per policy of the same stretch of the trace, around the job that waits longest under the first one. Two of them open at once
 * can be compared line by line, as they share their time axis.
 */
export function ganttSections(results: readonly PolicyResult[], machine: number, names: Names): string {
  const [worst] = worstJobs(results[0]?.schedules ?? [], 1);
  if (worst === undefined || machine > processorsShown) return '';
  const schedules = results.flatMap(({ policy, schedules: all }) => {
    const schedule = all[worst.schedule];
    return schedule === undefined ? [] : [{ policy, schedule }];
  });
  const first = Math.max(0, worst.row - barsShown / 2);
  const rows = Array.from({ length: barsShown }, (_, i) => first + i).filter((row) => row < (schedules[0]?.schedule.jobs.count ?? 0));
  const begin = Math.min(...schedules.flatMap(({ schedule }) => rows.map((row) => schedule.starts[row] ?? 0)));
  const end = Math.max(
    ...schedules.flatMap(({ schedule }) => rows.map((row) => (schedule.starts[row] ?? 0) + (schedule.jobs.run[row] ?? 0))),
  );
  const charts = schedules.map(({ policy, schedule }) => {
    const bars = barsOf(schedule, rows, machine).map(
      (bar): GanttBar => ({
        from: bar.from - begin,
        until: bar.until - begin,
        processors: bar.processors,
        text: describe(schedule, bar.row, names),
        isMarked: bar.row === worst.row,
      }),
    );
    const chart = ganttChart(`${policy}: jobs on processors over time`, bars, machine, [0, end - begin]);
    return `<details><summary>${escapeHtml(policy)}</summary>${chart}</details>`;
  });
  const about = `${rows.length} jobs in the order of their ids around job ${names.job(worst.id)}, the one in orange, which waits ${durationText(worst.wait)} under ${results[0]?.policy}. Other jobs are left out, so gaps need not be idle.`;
  return `<h2>On the processors</h2>\n<p class="dim">${escapeHtml(about)}</p>\n${charts.join('\n')}`;
}

function describe({ jobs, starts }: Schedule, row: number, names: Names): string {
  const start = starts[row] ?? 0;
  const [id = 0, submit = 0, run = 0, processors] = [jobs.id[row], jobs.submit[row], jobs.run[row], jobs.processors[row]];
  return `job ${names.job(id)}: ${processors} processors for ${durationText(run)}, waited ${durationText(start - submit)}`;
}
