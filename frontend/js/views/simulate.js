import { count, duration, plural } from '../model/format.js';
import { choice, input, problemSummary } from './fields.js';
import { href, html } from './html.js';
import { icon } from './icons.js';
import { command, round } from './parts.js';
import { runPart, simulationProgress } from './run.js';

/** @typedef {import('../model/wire.js').SimulationWire} SimulationWire */
/** @typedef {import('./fields.js').FormState} FormState */

/**
 * @typedef {object} SimulateModel
 * @property {FormState} form
 * @property {readonly string[]} regions
 * @property {SimulationWire | null} simulation the run that is shown
 * @property {Plan | null} plan of the form as it stands
 * @property {string} origin
 */

/**
 * Arrivals as they would come, counted in equal parts of the whole length.
 * @typedef {{ readonly counts: readonly number[], readonly lengthMs: number }} Plan
 */

const shapes = [
  { value: 'as:random', label: 'As fast as accepted', group: 'At once' },
  { value: 'as:burst', label: 'Bursts of 10, 100 ms apart', group: 'At once' },
  { value: 'as:weighted', label: 'At once, high priorities more often', group: 'At once' },
  { value: 'at:steady', label: 'Steady', group: 'Over time' },
  { value: 'at:poisson', label: 'Poisson (random gaps)', group: 'Over time' },
  { value: 'at:burst', label: 'Bursts of 10', group: 'Over time' },
  { value: 'at:diurnal', label: 'Day and night', group: 'Over time' },
  { value: 'at:spike', label: 'One spike', group: 'Over time' },
];

/** The scenarios the original promised. */
const scenarios = [
  { name: 'High load', note: '500 in bursts', query: 'task_count=500&shape=as:burst' },
  { name: 'Priority test', note: '100, priority 8-10', query: 'task_count=100&shape=as:weighted&priority_min=8&priority_max=10' },
  { name: 'Region imbalance', note: '200 to us-east', query: 'task_count=200&shape=as:random&region_bias=us-east' },
  { name: 'Busy minute', note: '600 Poisson, 10/s', query: 'task_count=600&shape=at:poisson&rate=10&duration=60' },
];

/** Count, shape and the run, for the overview. @param {Pick<SimulateModel, 'form' | 'simulation'> & { now: string }} model */
export function simulateCard({ form, simulation, now }) {
  return html`<div data-live="simulate-form">${quickSimulateForm(form)}</div><div data-live="run">${runPart({ simulation, now })}</div>`;
}

/** @param {FormState} form */
export function quickSimulateForm(form) {
  const prefix = 'sim';
  return html`<form method="post" action="/simulate" data-do="simulate" data-form="quick" class="stack">${problemSummary(prefix, form.problem)}
<div class="grid-2">${input({ prefix, form, name: 'task_count', label: 'Tasks', type: 'number', fallback: '50', hint: '1 to 1000', attributes: html`min="1" max="1000" step="1" required` })}
${choice({ prefix, form, name: 'shape', label: 'Arrivals', options: shapes })}</div>
<div class="form-end"><button class="button button-primary">${icon('play')}Run simulation</button><a href="/simulate">Patterns and ranges</a></div></form>`;
}

/** @param {SimulateModel & { now: string }} model */
export function simulateScreen(model) {
  const { simulation, now, origin } = model;
  return html`<div class="page-head"><h1>Traffic simulator</h1></div>
<p class="lead">Submits real tasks with drawn type, priority, cost and region. It goes on when this page is closed and after a restart.</p>
${simulation ? html`<section class="card" aria-labelledby="run-title"><header class="card-head"><h2 id="run-title">${simulation.status === 'running' ? 'Running now' : 'Last run'}</h2></header><div data-live="run">${simulationProgress({ simulation, now })}</div></section>` : runPart({ simulation, now })}
<div class="columns" data-needs="operate"><section class="card" aria-labelledby="new-run-title"><header class="card-head"><h2 id="new-run-title">New run</h2></header>
<ul class="chips" aria-label="Scenarios">${scenarios.map(({ name, note, query }) => html`<li><a class="chip" href="${href(`/simulate?${query}`)}">${name} <span class="muted">${note}</span></a></li>`)}</ul>
<div data-live="simulate-form">${simulateForm(model)}</div></section>
<section class="card" aria-labelledby="plan-title"><header class="card-head"><h2 id="plan-title">Curve before start</h2></header><div data-live="plan">${planCurve(model.plan)}</div></section></div>
${command('The same as a command', `curl -d '{"task_count":50,"distribution":"burst"}' -H 'content-type: application/json' ${origin}/api/v1/simulate`)}`;
}

/** @param {Pick<SimulateModel, 'form' | 'regions'>} model */
export function simulateForm({ form, regions }) {
  const prefix = 'simulate';
  const number = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {string} */ fallback,
    /** @type {string} */ hint,
    /** @type {import('./html.js').Html} */ attributes,
  ) => input({ prefix, form, name, label, hint, fallback, type: 'number', attributes });
  return html`<form method="post" action="/simulate" data-do="simulate" data-form="full" class="stack">${problemSummary(prefix, form.problem)}
<div class="grid-2">${number('task_count', 'Tasks', '50', '1 to 1000', html`min="1" max="1000" step="1" required`)}
${choice({ prefix, form, name: 'shape', label: 'Arrivals', options: shapes })}
${number('rate', 'Rate per second', '10', 'of arrivals over time', html`min="0.1" step="any"`)}
${number('duration', 'Length, seconds', '60', 'of arrivals over time: one day, or the span around the spike', html`min="1" step="any"`)}
${choice({ prefix, form, name: 'region_bias', label: 'Region bias', hint: '70 % go there', options: [{ value: '', label: 'none' }, ...regions.map((name) => ({ value: name, label: name }))] })}
${number('seed', 'Seed', '', 'same seed, same tasks; drawn when empty', html`min="0" step="1"`)}
${number('priority_min', 'Priority from', '1', '1 to 10', html`min="1" max="10" step="1"`)}${number('priority_max', 'Priority to', '10', '', html`min="1" max="10" step="1"`)}
${number('cost_min', 'Cost from', '0.1', 'above 0', html`min="0.01" step="any"`)}${number('cost_max', 'Cost to', '10', '', html`min="0.01" step="any"`)}</div>
<div class="form-end"><button class="button button-primary">${icon('play')}Run simulation</button><button class="button" formmethod="get" formaction="/simulate">Draw the curve</button></div></form>`;
}

/**
 * @param {Plan | null} plan
 */
export function planCurve(plan) {
  if (!plan) return html`<p class="muted">The curve appears here when the form can be run.</p>`;
  const all = plan.counts.reduce((sum, each) => sum + each, 0);
  if (plan.lengthMs === 0) return html`<p>All ${plural(all, 'task')} at once, as fast as they are accepted.</p>`;
  const most = Math.max(1, ...plan.counts);
  const part = plan.lengthMs / plan.counts.length;
  const width = 100 / plan.counts.length;
  return html`<figure class="plan"><svg viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label="${plural(all, 'task')} over ${duration(plan.lengthMs)}, at most ${count(most)} in ${duration(part)}.">${plan.counts.map(
    (each, index) =>
      html`<rect class="tone-busy" x="${round(index * width + width * 0.1)}" y="${round(40 - (each / most) * 38)}" width="${round(width * 0.8)}" height="${round((each / most) * 38)}"/>`,
  )}</svg><figcaption class="chart-scale"><span>start</span><span>${plural(all, 'task')}, peak ${count(most)} per ${duration(part)}</span><span>${duration(plan.lengthMs)}</span></figcaption></figure>`;
}
