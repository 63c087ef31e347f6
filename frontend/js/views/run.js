import { ago, count, duration, plural } from '../model/format.js';
import { href, html, nothing } from './html.js';
import { icon } from './icons.js';
import { bar, buttonForm } from './parts.js';

/** @typedef {import('../model/wire.js').SimulationWire} SimulationWire */

/** The latest run; whoever may start none is told what it takes. @param {{ simulation: SimulationWire | null, now: string }} model */
export function runPart({ simulation, now }) {
  if (simulation) return simulationProgress({ simulation, now });
  return html`<p class="muted not-operate">No traffic was simulated yet. Your key may follow a run here; starting one takes the role operate.</p>`;
}

/**
 * How far a run has come.
 * @param {{ simulation: SimulationWire, now: string }} model
 */
export function simulationProgress({ simulation, now }) {
  const { id, task_count, tasks_created, status, start_time, end_time = null } = simulation;
  const isRunning = status === 'running';
  const took = Date.parse(end_time ?? now) - Date.parse(start_time);
  return html`<div class="run" id="run-${id}"><p class="run-head"><a href="${href(`/simulate/${id}`)}">Run ${id.slice(-8)}</a>${
    isRunning
      ? html`<span class="badge badge-processing">${icon('play')}Running</span>`
      : status === 'completed'
        ? html`<span class="badge badge-completed">${icon('completed')}All submitted</span>`
        : html`<span class="badge badge-cancelled">${icon('cancelled')}Stopped</span>`
  }</p>
${bar(task_count === 0 ? 0 : tasks_created / task_count, isRunning ? 'busy' : 'ok')}
<p class="run-foot num small"><span>${count(tasks_created)} of ${plural(task_count, 'task')} submitted</span><span class="muted">${isRunning ? duration(took) : html`in ${duration(took)}, ${ago(Date.parse(now) - Date.parse(end_time ?? now))}`}</span></p>
${isRunning ? buttonForm({ action: `/simulate/${id}/stop`, label: 'Stop', name: 'this run', icon: 'cancelled', style: 'button-small', does: 'stop-simulation' }) : nothing}</div>`;
}
