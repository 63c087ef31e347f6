import { href, html, nothing } from './html.js';
import { statusBadge } from './parts.js';

/** @typedef {import('../model/task-wire.js').RelativeWire} RelativeWire */

/** @type {Readonly<Record<string, string>>} */
const policies = {
  fail: 'If one of them does not complete, this task fails.',
  skip: 'If one of them does not complete, this task is cancelled.',
  run: 'This task runs when all of them have ended, however they ended.',
};

/** Who this task waits for, and who waits for it; nothing for the many that stand alone. @param {import('../model/task-wire.js').FamilyWire} family */
export function familyPart({ parents, children, more_children: isMore, on_parent_failure: policy }) {
  return html`${parents.length === 0 ? nothing : html`<h3 id="depends-on">Depends on</h3><p class="muted">${policies[policy ?? ''] ?? ''}</p>${relatives(parents, 'depends-on')}`}${children.length === 0 ? nothing : html`<h3 id="children">Tasks that depend on it</h3>${relatives(children, 'children')}${isMore ? html`<p class="muted">And more.</p>` : nothing}`}`;
}

/** @param {readonly RelativeWire[]} tasks @param {string} title */
function relatives(tasks, title) {
  return html`<div class="table-scroll" role="region" aria-labelledby="${title}" tabindex="0"><table class="table" aria-labelledby="${title}"><thead><tr><th scope="col">Task</th><th scope="col">Type</th><th scope="col">Name</th><th scope="col">Status</th></tr></thead><tbody>${tasks.map(relative)}</tbody></table></div>`;
}

/** @param {RelativeWire} relative */
function relative({ task, name, type, status }) {
  const short = `…${task.slice(-8)}`;
  const link =
    status === 'gone'
      ? html`<span class="mono">${short}</span>`
      : html`<a class="mono" href="${href(`/tasks/${task}`)}" title="${task}">${short}</a>`;
  return html`<tr><td>${link}</td><td>${type ?? '–'}</td><td>${name === task ? html`<span class="muted">–</span>` : name}</td><td>${statusBadge(status)}</td></tr>`;
}
