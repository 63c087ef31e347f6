/** The one place where markup becomes nodes. */
import { Idiomorph } from './vendor/idiomorph.js';
import { Html } from './views/html.js';

/** @typedef {{ createHTML(markup: string): string }} Policy */

/** The page's policy allows this one name, once; nothing but `Html` gets through it. */
const policy = /** @type {Window & { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }} */ (
  window
).trustedTypes?.createPolicy('trx-html', {
  createHTML: (markup) => markup,
});

/** What was last drawn where, so that an unchanged part costs a comparison and no parsing. @type {WeakMap<Element, string>} */
const drawn = new WeakMap();

/**
 * @param {import('./views/html.js').Html} html
 * @returns {DocumentFragment}
 */
export function nodes(html) {
  if (!Html.is(html)) throw new TypeError('only markup of the html tag becomes nodes');
  const template = document.createElement('template');
  const markup = html.toString();
  template.innerHTML = policy ? policy.createHTML(markup) : markup;
  return template.content;
}

/**
 * Makes the content of `element` what the view says, keeping elements, focus and selection where they are.
 * @param {Element} element
 * @param {import('./views/html.js').Html} html
 */
export function patch(element, html) {
  const markup = html.toString();
  if (drawn.get(element) === markup) return;
  drawn.set(element, markup);
  // The option also spares the words on a focused button, which must change.
  const ignoreActiveValue = document.activeElement?.matches('input, select, textarea') === true;
  Idiomorph.morph(element, nodes(html), { morphStyle: 'innerHTML', ignoreActiveValue, callbacks: { beforeNodeMorphed: mayChange } });
}

/**
 * Replaces the content whatever stands there: after an action the form is told anew.
 * @param {Element} element
 * @param {import('./views/html.js').Html} html
 */
export function redraw(element, html) {
  drawn.set(element, html.toString());
  element.replaceChildren(nodes(html));
}

/** Forms that are being filled in and opened details are the reader's. @param {Node} node */
function mayChange(node) {
  if (!(node instanceof HTMLElement)) return true;
  if (node instanceof HTMLDetailsElement && node.open) return false;
  return !(node instanceof HTMLFormElement && node.dataset['dirty'] !== undefined);
}

/**
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T | undefined}
 */
export function find(selector, type) {
  const found = document.querySelector(selector);
  return found instanceof type ? found : undefined;
}
