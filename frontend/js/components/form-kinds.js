/** What each kind of form does with a script: the call it makes and what follows. Loaded when the first form is sent. */
import { call } from '../api.js';
import { find, redraw } from '../dom.js';
import { algorithmFromForm, poolFromForm, reasonFromForm, simulationFromForm, taskFromForm } from '../model/forms.js';
import { switchedText } from '../model/parameters.js';
import { replayFromForm } from '../model/replay-form.js';
import { algorithmPicker } from '../views/algorithm-picker.js';
import { refusedCard } from '../views/algorithms.js';
import { poolForm } from '../views/pool.js';
import { replayForm } from '../views/replays.js';
import { quickSimulateForm, simulateForm } from '../views/simulate.js';
import { fullForm, quickForm } from '../views/task-form.js';

/** @typedef {import('./context.js').Context} Context */
/** @typedef {Readonly<Record<string, string>>} Values */
/** @typedef {import('../model/wire.js').Problem} Problem */

/**
 * One kind of form: the call it makes, and what follows.
 * @typedef {object} Kind
 * @property {(values: Values, form: HTMLFormElement, context: Context) => [method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>]} call
 * @property {(data: any, values: Values, form: HTMLFormElement, context: Context) => void} done
 * @property {(problem: Problem, values: Values, form: HTMLFormElement, context: Context) => boolean} [refused] true when it was shown at the form
 */

/** @type {Readonly<Record<string, Kind>>} */
const kinds = {
  'submit-task': {
    call: (values) => ['POST', '/tasks', taskFromForm(values), { 'idempotency-key': values['request_key'] ?? '' }],
    done: (task, _values, form, { model, teller, refresh }) => {
      if (form.dataset['form'] === 'full') return location.assign(`/tasks/${task.id}`);
      teller.flash({ tone: 'ok', text: `Task #${task.seq} is ${task.status}.`, to: `/tasks/${task.id}`, label: 'Show it' });
      const taskForm = /** @type {any} */ (model()['taskForm']);
      // A new key: the next submit is another task.
      inRegion(form, quickForm({ ...taskForm, requestKey: crypto.randomUUID(), form: { values: {} } }));
      refresh();
    },
    refused: (problem, values, form, { model }) => {
      const isFull = form.dataset['form'] === 'full';
      const taskForm = /** @type {any} */ (isFull ? model() : model()['taskForm']);
      const state = { ...taskForm, requestKey: crypto.randomUUID(), form: { values, problem } };
      return inRegion(form, isFull ? fullForm(state) : quickForm(state));
    },
  },
  cancel: {
    call: (_values, form) => ['DELETE', pathOf(form, 'cancel')],
    done: (_data, _values, form, { teller, refresh }) => {
      const id = pathOf(form, 'cancel').split('/').at(-1) ?? '';
      teller.flash({ tone: 'ok', text: 'Cancelled.', to: `/tasks/${id}`, label: 'Retry from its page' });
      refresh();
    },
  },
  retry: {
    call: (_values, form) => ['POST', `${pathOf(form, 'retry')}/retry`],
    done: (task, _values, _form, { teller, refresh }) => {
      teller.flash({ tone: 'ok', text: `Task #${task.seq} is ${task.status}.`, to: `/tasks/${task.id}`, label: 'Show it' });
      refresh();
    },
  },
  switch: {
    call: (values, _form, { model }) => {
      const algorithms = /** @type {readonly import('../model/algorithm-wire.js').AlgorithmWire[]} */ (model()['algorithms'] ?? []);
      const schema = algorithms.find((algorithm) => algorithm.name === values['algorithm'])?.parameters;
      return ['PUT', '/config/algorithm', algorithmFromForm(values, schema), { 'if-match': `"${values['epoch'] ?? ''}"` }];
    },
    done: (epoch, _values, form, { screen, teller, refresh }) => {
      if (screen === 'algorithms') return location.reload();
      delete form.dataset['dirty'];
      teller.flash({ tone: 'ok', text: switchedText(epoch.algorithm, epoch.reset) });
      refresh();
    },
    refused: (problem, values, form, { screen, model, now }) => {
      const state = { .../** @type {any} */ (model()), now: now(), problem, values };
      if (screen === 'overview') return inRegion(form, algorithmPicker(state));
      return screen === 'algorithms' && toldAtFields(form, refusedCard(state));
    },
  },
  rollback: {
    call: (values) => ['POST', '/config/algorithm/rollback', reasonFromForm(values), { 'if-match': `"${values['epoch'] ?? ''}"` }],
    done: () => location.reload(),
  },
  simulate: {
    call: (values) => ['POST', '/simulate', simulationFromForm(values)],
    done: (run, _values, _form, { screen, teller, refresh }) => {
      if (screen === 'simulate') return location.assign(`/simulate/${run.id}`);
      teller.flash({ tone: 'ok', text: `Run of ${run.task_count} tasks started.`, to: `/simulate/${run.id}`, label: 'Follow it' });
      refresh();
    },
    refused: (problem, values, form, { model }) => {
      const state = { form: { values, problem }, regions: /** @type {readonly string[]} */ (model()['regions'] ?? []) };
      return inRegion(form, form.dataset['form'] === 'full' ? simulateForm(state) : quickSimulateForm(state.form));
    },
  },
  'stop-simulation': {
    call: (_values, form) => ['DELETE', pathOf(form, 'stop')],
    done: (_data, _values, _form, { teller, refresh }) => {
      teller.flash({ tone: 'ok', text: 'The run was stopped.' });
      refresh();
    },
  },
  replay: {
    call: (values, _form, { now }) => ['POST', '/replays', replayFromForm(values, now())],
    done: (replay) => location.assign(`/replays/${replay.id}`),
    refused: (problem, values, form, { model }) =>
      inRegion(form, replayForm({ .../** @type {any} */ (model()), form: { values, problem } })),
  },
  'cancel-replay': {
    call: (_values, form) => ['DELETE', pathOf(form, 'cancel')],
    done: (_data, _values, _form, { teller, refresh }) => {
      teller.flash({ tone: 'ok', text: 'The replay was cancelled.' });
      refresh();
    },
  },
  'pool-state': {
    call: (values, form) => ['PATCH', pathOf(form, 'state'), { state: values['state'] }],
    done: (pool, _values, _form, { teller, refresh }) => {
      teller.flash({ tone: 'ok', text: `${pool.name} is ${pool.state}.` });
      refresh();
    },
  },
  'node-state': {
    call: (values, form) => ['PATCH', `/nodes/${pathOf(form, 'state').split('/').at(-1)}`, { state: values['state'] }],
    done: (node, _values, _form, { teller, refresh }) => {
      teller.flash({ tone: 'ok', text: `${node.id} is ${node.state}.` });
      refresh();
    },
  },
  'pool-change': {
    call: (values, form) => ['PATCH', pathOf(form, ''), poolFromForm(values), { 'if-match': `"${values['version'] ?? ''}"` }],
    done: () => location.reload(),
    refused: (problem, values, form, { model }) => {
      const pool = /** @type {import('../model/pool-wire.js').PoolWire} */ (model().pool);
      return inRegion(form, poolForm(pool, { values, problem }));
    },
  },
};

/**
 * Sends a form the way its `data-do` says.
 * @param {HTMLFormElement} form
 * @param {Context} context
 */
export async function send(form, context) {
  const kind = kinds[form.dataset['do'] ?? ''];
  if (!kind) return;
  const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  const answer = await call(...kind.call(values, form, context));
  if (answer.ok) return kind.done(answer.data, values, form, context);
  if (kind.refused?.(answer.problem, values, form, context)) find('[data-focus]', HTMLElement)?.focus();
  else context.teller.flash({ tone: 'bad', text: answer.problem.detail || answer.problem.title });
}

/** Path of the resource a form acts on, from its own action: `/tasks/<id>/cancel` -> `/tasks/<id>`. @param {HTMLFormElement} form @param {string} verb */
function pathOf(form, verb) {
  const { pathname } = new URL(form.action);
  return verb && pathname.endsWith(`/${verb}`) ? pathname.slice(0, -verb.length - 1) : pathname;
}

/** Draws the form's part anew and goes to the first field that was refused. @returns {boolean} whether there is one: what is no matter of a field is told by a message @param {HTMLFormElement} form @param {import('../views/html.js').Html | undefined} html */
function toldAtFields(form, html) {
  const region = form.closest('[data-live]');
  if (!region || html === undefined) return false;
  redraw(region, html);
  const field = region.querySelector('[aria-invalid], .field-error[tabindex]');
  if (field instanceof HTMLElement) field.focus();
  return field !== null;
}

/** @param {HTMLFormElement} form @param {import('../views/html.js').Html} html */
function inRegion(form, html) {
  const region = form.closest('[data-live]');
  if (region) redraw(region, html);
  return region !== null;
}
