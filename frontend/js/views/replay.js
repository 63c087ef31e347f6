import { dateTime, plural } from '../model/format.js';
import { html, nothing } from './html.js';
import { icon } from './icons.js';
import { buttonForm, command } from './parts.js';
import { comparison, replayCards } from './replay-cards.js';
import { fidelityBox } from './replay-fidelity.js';
import { scatter } from './replay-scatter.js';
import { progressBar, replayBadge, tasksText } from './replays.js';

/** @typedef {import('../model/replay-wire.js').ReplayWire} ReplayWire */
/** @typedef {import('../model/algorithm-wire.js').EpochWire} EpochWire */

/**
 * @typedef {object} ReplayModel
 * @property {ReplayWire} replay
 * @property {EpochWire} epoch what decides now
 * @property {string} origin
 */

/** @param {ReplayModel & { now: string }} model */
export function replayScreen(model) {
  const { replay, origin } = model;
  return html`<div class="page-head"><h1>Replay of ${tasksText(replay)}</h1></div>
<div data-live="replay" class="stack">${replayPart(model)}</div>
${command('The same as a command', `curl ${origin}/api/v1/replays/${replay.id}\ncurl -N ${origin}/api/v1/replays/${replay.id}/events`)}`;
}

/** All of it that changes. @param {ReplayModel} model */
export function replayPart({ replay, epoch }) {
  const { result } = replay;
  if (result === null) return html`${state(replay)}`;
  const { notes } = result;
  return html`${state(replay)}
${replay.source === null ? fidelityBox(result) : otherTasksBox}
${comparison(result, epoch.algorithm)}
${scatter(result)}
${replayCards(replay, epoch.algorithm)}
${notes.length === 0 ? nothing : html`<section class="card" aria-labelledby="notes-title"><header class="card-head"><h2 id="notes-title">What was assumed</h2></header><ul class="bullets">${notes.map((note) => html`<li>${note}</li>`)}</ul></section>`}`;
}

/** There is nothing to compare it with. */
const otherTasksBox = html`<div class="alert" role="note">${icon('info')}<p><b>Tasks that were never here.</b> There is no fidelity: nothing that really happened can be compared with this. Differences are to the first strategy.</p></div>`;

/** @param {ReplayWire} replay */
function state(replay) {
  const { id, status, error, algorithms, by, started_at, seed, result } = replay;
  return html`<section class="card stack" aria-labelledby="state-title"><header class="card-head"><h2 id="state-title">${plural(algorithms.length, 'strategy', 'strategies')}: ${algorithms.join(', ')}</h2><div class="card-aside">${replayBadge(replay)}</div></header>
${status === 'running' ? html`${progressBar(replay)}${buttonForm({ action: `/replays/${id}/cancel`, label: 'Cancel', name: 'this replay', icon: 'cancelled', style: 'button-small', does: 'cancel-replay' })}` : nothing}
${error === null || status === 'running' ? nothing : html`<div class="alert ${status === 'failed' ? 'alert-bad' : 'alert-info'}">${icon('warning')}<p>There is no result: ${error}.</p></div>`}
${result === null ? nothing : html`<p>${countsText(result.tasks)}</p>`}
<p class="muted small">Asked for by ${by} at <time datetime="${started_at}">${dateTime(started_at)}</time>, seed ${seed}. <a href="/replays">Another replay</a></p></section>`;
}

/** @param {import('../model/replay-wire.js').ReplayResultWire['tasks']} tasks */
function countsText({ replayed, unfinished, carried_over, missing }) {
  const parts = [`${plural(replayed, 'task')} replayed`];
  if (unfinished > 0) parts.push(`${unfinished} of them unfinished at the end of the window (in no average)`);
  if (carried_over > 0) parts.push(`${carried_over} from before it (in no average)`);
  if (missing > 0) parts.push(`${missing} gone: retention removed them`);
  return `${parts.join('; ')}.`;
}

/**
 * The question before a switch: what the replay promised, and what it is worth.
 * @param {ReplayModel & { card: number, algorithm: string, changes: readonly { readonly name: string, readonly from: string, readonly to: string }[], problem?: import('../model/wire.js').Problem }} model
 */
export function activationScreen({ replay, epoch, card, algorithm, changes, problem }) {
  const { result } = replay;
  return html`<div class="page-head"><h1>Switch to ${algorithm}?</h1></div>
<div class="card card-narrow stack">${problem === undefined ? nothing : html`<div class="alert alert-bad" role="alert">${icon('warning')}<p><b>${problem.title}.</b> ${problem.detail}</p></div>`}
<p>Now <b>${epoch.algorithm}</b> decides, since <time datetime="${epoch.since}">${dateTime(epoch.since)}</time>, by ${epoch.by}. From the very next decision on it would be <b>${algorithm}</b>; running tasks are left alone. The log keeps a receipt: this replay, its fidelity, and what it promised.</p>
${changes.length === 0 ? nothing : html`<p>As it was tried, who may overtake whom changes too: ${changes.map(({ name, from, to }, i) => html`${i === 0 ? nothing : ', '}<code>${name}</code> from ${from} to ${to}`)}.</p>`}
${result === null ? nothing : replay.source === null ? fidelityBox(result) : otherTasksBox}
<form method="post" action="/replays/${replay.id}/activation" class="form-end"><input type="hidden" name="card" value="${card}"><input type="hidden" name="epoch" value="${epoch.epoch}"><button class="button button-primary">Switch to ${algorithm}</button><a class="button" href="/replays/${replay.id}">No, back to the replay</a></form></div>`;
}
