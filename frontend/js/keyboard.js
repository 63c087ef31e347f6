/** Single-key shortcuts: never while typing, never with a modifier, all off by one switch (WCAG 2.1.4). */

import { showDialog } from './components/dialog.js';
import { changePreference } from './components/display.js';
import { find } from './dom.js';
import { places } from './model/places.js';
import { keysDialog, questionDialog } from './views/dialogs.js';

/** After `g` the second key must follow within this time. */
const pairMs = 1_500;

/** @param {import('./components/context.js').Context} context */
export function mountKeyboard({ togglePause }) {
  let pairUntil = 0;

  /** @type {Readonly<Record<string, () => void>>} */
  const keys = {
    '/': () => find('#search', HTMLInputElement)?.focus(),
    '?': () => void showDialog(keysDialog()),
    '.': togglePause,
    d: () => changePreference('density', (values, current) => values.find((value) => value !== current) ?? current),
    t: () => changePreference('theme', (values, current) => values[(values.indexOf(current) + 1) % values.length] ?? current),
    j: () => moveRow(1),
    k: () => moveRow(-1),
    ArrowDown: () => moveRow(1),
    ArrowUp: () => moveRow(-1),
    c: () => void actOnRow('cancel', 'Cancel'),
    r: () => void actOnRow('retry', 'Retry'),
    Enter: () => currentRow()?.querySelector('a')?.click(),
    Escape: leave,
  };

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || !areOn() || isTyping(event)) return;
    if (event.timeStamp < pairUntil) {
      pairUntil = 0;
      const place = places.find(({ key }) => key === event.key);
      if (place) location.assign(place.to);
      return;
    }
    if (event.key === 'g') {
      pairUntil = event.timeStamp + pairMs;
      return;
    }
    if (/^(?:Arrow|Enter)/.test(event.key) && !isFree(event)) return;
    const act = keys[event.key];
    if (!act) return;
    if (event.key !== 'Escape') event.preventDefault();
    act();
  });
}

function areOn() {
  const on = document.querySelector('form[data-do="preferences"] input[name="shortcuts"][value="on"]');
  return !(on instanceof HTMLInputElement) || on.checked;
}

/** @param {KeyboardEvent} event */
function isTyping(event) {
  const target = event.target;
  return (
    target instanceof Element &&
    target.closest('input:not([type="radio"], [type="checkbox"]), select, textarea, [contenteditable], dialog') !== null &&
    event.key !== 'Escape'
  );
}

/** Keys that scroll or operate are taken only where nothing else wants them. @param {KeyboardEvent} event */
function isFree(event) {
  const target = event.target;
  return target instanceof Element && (target === document.body || target.matches('main, tr, [data-task] th a') === true);
}

function rows() {
  return [...document.querySelectorAll('tr[data-task]')].filter((row) => row instanceof HTMLElement);
}

function currentRow() {
  const focused = document.activeElement?.closest('tr[data-task]');
  return focused instanceof HTMLElement ? focused : undefined;
}

/** The row is marked by where the focus is: on its first link. @param {number} step */
function moveRow(step) {
  const all = rows();
  const current = currentRow();
  const index = current ? all.indexOf(current) + step : step > 0 ? 0 : all.length - 1;
  const link = all[Math.max(0, Math.min(all.length - 1, index))]?.querySelector('th a');
  if (link instanceof HTMLElement) link.focus();
}

/** @param {'cancel' | 'retry'} what @param {string} label */
async function actOnRow(what, label) {
  const place = currentRow() ?? document.querySelector('[data-live="task"]');
  const form = place?.querySelector(`form[data-do="${what}"]`);
  if (!(form instanceof HTMLFormElement)) return;
  const name = form.querySelector('.hidden-visually')?.textContent?.trim() ?? 'this task';
  if ((await showDialog(questionDialog({ text: `${label} ${name}?`, yes: label }))) === 'yes') form.requestSubmit();
}

function leave() {
  const menu = document.querySelector('details.menu[open]');
  if (menu instanceof HTMLDetailsElement) menu.open = false;
  else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}
