/** Small pieces that every screen is made of. */
import { ago, clockTime, dateTime } from '../model/format.js';
import { isTerminal, statuses, statusWords } from '../model/status.js';
import { href, html, nothing } from './html.js';
import { icon } from './icons.js';

/** @typedef {import('./html.js').Html} Html */

/**
 * A titled box. `id` names it for links, focus and patches.
 * @param {{ id: string, title: string, body: Html, aside?: Html, live?: string, needs?: 'submit' | 'operate' }} options `needs`: the role without which nothing of it is left
 */
export function card({ id, title, body, aside, live, needs }) {
  return html`<section class="card" id="${id}" aria-labelledby="${id}-title"${needs ? html` data-needs="${needs}"` : nothing}>
<header class="card-head"><h2 id="${id}-title">${title}</h2>${aside ? html`<div class="card-aside">${aside}</div>` : nothing}</header>
${live ? html`<div data-live="${live}">${body}</div>` : body}
</section>`;
}

/**
 * Icon, word and colour: any one of them is enough.
 * @param {string} status
 */
export function statusBadge(status) {
  const known = statuses.find((each) => each === status);
  return html`<span class="badge badge-${known ?? 'gone'}">${icon(known ?? 'info')}${known ? statusWords[known] : status}</span>`;
}

/** @param {{ readonly id: string, readonly seq: number }} task */
export function taskLink(task) {
  return html`<a class="task-link num" href="${href(`/tasks/${task.id}`)}" title="${task.id}">#${task.seq}</a>`;
}

/** @param {string | null} name */
export function poolLink(name) {
  if (!name) return html`<span class="muted">–</span>`;
  return html`<a href="${href(`/pools/${encodeURIComponent(name)}`)}">${name}</a>`;
}

/** How many parts run where, in the order of the first of each. @param {readonly string[]} placements */
export function poolsOfParts(placements) {
  const pools = [...new Set(placements)];
  return html`${pools.map((pool, i) => html`${i === 0 ? nothing : ', '}${placements.filter((name) => name === pool).length} × ${poolLink(pool)}`)}`;
}

/** Which parts run on which node, in the order of the first of each; others run on the server. @param {readonly (string | null)[]} byPart */
export function nodesOfParts(byPart) {
  const nodes = [...new Set(byPart)];
  const partsOn = (/** @type {string | null} */ node) => byPart.flatMap((each, part) => (each === node ? [part] : [])).join(', ');
  return nodes.map((node) => `${node ?? 'the server'} (${partsOn(node)})`).join(', ');
}

/**
 * Resource kind with its drawing.
 * @param {string | null} kind
 */
export function resource(kind) {
  if (!kind) return html`<span class="muted">any</span>`;
  return html`<span class="resource">${icon(kind)}${kind.toUpperCase()}</span>`;
}

/** @param {string | null} iso */
export function timeOf(iso) {
  if (!iso) return html`<span class="muted">–</span>`;
  return html`<time datetime="${iso}" title="${dateTime(iso)} UTC">${clockTime(iso)}</time>`;
}

/**
 * @param {string | null} iso
 * @param {string} now ISO time of the reading
 */
export function ageOf(iso, now) {
  if (!iso) return html`<span class="muted">–</span>`;
  return html`<time datetime="${iso}" title="${dateTime(iso)} UTC">${ago(Date.parse(now) - Date.parse(iso))}</time>`;
}

/**
 * What is shown where a list has nothing: what would be here, and the next step.
 * @param {{ text: string, action?: Html, curl?: string }} options
 */
export function empty({ text, action, curl }) {
  return html`<div class="empty"><p>${text}</p>${action ?? nothing}${curl ? html`<pre class="code" tabindex="0"><code>${curl}</code></pre>` : nothing}</div>`;
}

/**
 * A form that is only a button: works without a script, is taken over by one.
 * @param {{ action: string, label: string, name?: string, icon?: string, style?: string, fields?: Readonly<Record<string, string | number>>, does: string, disabled?: boolean, title?: string }} options
 */
export function buttonForm({ action, label, name, icon: drawing, style = '', fields = {}, does, disabled = false, title }) {
  return html`<form method="post" action="${href(action)}" data-do="${does}" class="inline-form">${Object.entries(fields).map(
    ([key, value]) => html`<input type="hidden" name="${key}" value="${value}">`,
  )}<button class="button ${style}"${disabled ? html` disabled` : nothing}${title ? html` title="${title}"` : nothing}>${drawing ? icon(drawing) : nothing}${label}${name ? html`<span class="hidden-visually"> ${name}</span>` : nothing}</button></form>`;
}

/**
 * What can be done to a task from a row or its page. `back` is where a page without a script returns to.
 * @param {{ readonly id: string, readonly seq: number, readonly status: string, readonly cancel_requested_at?: string | null }} task
 * @param {string} back
 * @param {string} [style]
 */
export function taskAction(task, back, style = 'button-small') {
  const fields = { back };
  if (isTerminal(task.status)) {
    return buttonForm({
      action: `/tasks/${task.id}/retry`,
      label: 'Retry',
      name: `task #${task.seq}`,
      icon: 'retry',
      style,
      fields,
      does: 'retry',
    });
  }
  if (task.cancel_requested_at) return html`<span class="muted">stopping…</span>`;
  return buttonForm({
    action: `/tasks/${task.id}/cancel`,
    label: 'Cancel',
    name: `task #${task.seq}`,
    icon: 'cancelled',
    style,
    fields,
    does: 'cancel',
  });
}

/**
 * A horizontal bar, 0-1. Drawn as SVG because the page allows no inline style.
 * @param {number} ratio
 * @param {string} tone
 */
export function bar(ratio, tone) {
  const width = Math.max(0, Math.min(1, ratio)) * 100;
  return html`<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="bar-rail" width="100" height="6"/><rect class="bar-fill tone-${tone}" width="${round(width)}" height="6"/></svg>`;
}

/** @param {number} value */
export function round(value) {
  return Math.round(value * 100) / 100;
}

/**
 * A command to copy, with the words around it.
 * @param {string} label
 * @param {string} command
 */
export function command(label, command) {
  return html`<details class="command"><summary>${label}</summary><pre class="code" tabindex="0"><code>${command}</code></pre></details>`;
}
