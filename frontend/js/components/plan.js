import { pageType } from '../api.js';
import { patch } from '../dom.js';
import { planCurve } from '../views/simulate.js';

const settleMs = 250;

/** Draws the curve of a run while its form is being filled in. */
export function mountPlan() {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  document.addEventListener('input', ({ target }) => {
    const form = target instanceof Element ? target.closest('form[data-do="simulate"]') : null;
    if (!(form instanceof HTMLFormElement)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void draw(form), settleMs);
  });
}

/** @param {HTMLFormElement} form */
async function draw(form) {
  const query = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  const response = await fetch(`/simulate?${query}`, { headers: { accept: pageType } }).catch(() => undefined);
  const place = document.querySelector('[data-live="plan"]');
  if (!response?.ok || !place) return;
  const { model } = await response.json();
  patch(place, planCurve(model.plan));
}
