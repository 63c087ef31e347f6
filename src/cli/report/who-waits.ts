import type { PolicyResult } from '../../core/replay/run-policy.ts';
import { userWaits } from '../../core/replay/user-waits.ts';
import { worstJobs } from '../../core/replay/worst-jobs.ts';
import { escapeHtml, htmlTable } from './html.ts';
import type { Names } from './names.ts';
import { amountText, durationText } from './texts.ts';

const worstShown = 10;
const usersShown = 20;

/** The jobs that wait longest under each policy, and how the same jobs fare under the base. */
export function worstSection(base: PolicyResult, results: readonly PolicyResult[], names: Names): string {
  const tables = results.map((result) => {
    const rows = worstJobs(result.schedules, worstShown).map((job) => {
      const schedule = base.schedules[job.schedule];
      const waitInBase = (schedule?.starts[job.row] ?? Number.NaN) - (schedule?.jobs.submit[job.row] ?? Number.NaN);
      return [
        names.job(job.id),
        names.user(job.user),
        durationText(job.wait),
        durationText(waitInBase),
        durationText(job.run),
        amountText(job.processors),
        amountText(job.boundedSlowdown),
      ];
    });
    const columns = ['job', 'user', 'wait', `under ${base.policy}`, 'run', 'processors', 'bounded slowdown'];
    return `<details${result === base ? ' open' : ''}><summary>${escapeHtml(result.policy)}</summary>${htmlTable('', [columns, ...rows])}</details>`;
  });
  return `<h2>The ${worstShown} jobs that wait longest</h2>\n${tables.join('\n')}`;
}

/** Mean and p95 wait of the users with most jobs, policy by policy. */
export function userSection(base: PolicyResult, results: readonly PolicyResult[], names: Names): string {
  const waits = results.map(({ schedules }) => new Map(userWaits(schedules).map((user) => [user.user, user])));
  const users = userWaits(base.schedules).slice(0, usersShown);
  if (users.length < 2) return '';
  const rows = users.map(({ user, jobs }) => [
    names.user(user),
    amountText(jobs),
    ...waits.map((byUser) => {
      const found = byUser.get(user);
      return `${durationText(found?.meanWaitS ?? null)} / ${durationText(found?.p95WaitS ?? null)}`;
    }),
  ]);
  const head = ['user', 'jobs', ...results.map(({ policy }) => policy)];
  return `<h2>Users</h2>\n${htmlTable(`Mean and p95 wait of the ${users.length} users with most jobs`, [head, ...rows])}`;
}
