import { find, redraw } from '../dom.js';
import { flashMessage } from '../views/states.js';

/** Success messages go by themselves; refusals stay until the next one. */
const goAfterMs = 5_000;
/** A screen reader is told at most one sentence in this time. */
const quietMs = 5_000;

/** Tells people what happened: on the screen, and to a screen reader at a bearable pace. */
export function createTeller() {
  let lastAt = Number.NEGATIVE_INFINITY;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let going;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;

  /** @param {string} sentence the newest one wins */
  function tell(sentence) {
    clearTimeout(waiting);
    const wait = Math.max(0, lastAt + quietMs - Date.now());
    waiting = setTimeout(() => {
      lastAt = Date.now();
      const place = find('#announce', HTMLElement);
      if (place) place.textContent = sentence;
    }, wait);
  }

  /** @param {import('../views/states.js').Flash} flash */
  function flash(flash) {
    const place = find('#flash', HTMLElement);
    if (!place) return;
    clearTimeout(going);
    redraw(place, flashMessage(flash));
    tell(flash.text);
    if (flash.tone === 'ok') going = setTimeout(() => place.replaceChildren(), goAfterMs);
  }

  const painted = find('#flash', HTMLElement);
  if (painted?.querySelector('.flash-ok')) going = setTimeout(() => painted.replaceChildren(), goAfterMs);

  return { tell, flash };
}

/** @typedef {ReturnType<typeof createTeller>} Teller */
