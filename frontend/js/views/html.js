/**
 * The one way markup is made: html`<td>${name}</td>` escapes every value that is not itself markup made here.
 * Pure: the server paints with it, the browser patches with it.
 */

/** @type {Readonly<Record<string, string>>} */
const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * Control and direction-changing characters let text look like something it is not (`exe.txt` for `txt.exe`), so they are shown, not obeyed.
 * Tab and line breaks stay.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to make visible
const deceptive = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

const made = Symbol('made by the tag');

/** Markup that may be sent as it is. A private field marks it: no JSON value and no foreign object can pass for it. */
export class Html {
  #markup;

  /**
   * @param {symbol} token
   * @param {string} markup
   */
  constructor(token, markup) {
    if (token !== made) throw new TypeError('Html is made by the html tag only');
    this.#markup = markup;
  }

  toString() {
    return this.#markup;
  }

  /**
   * @param {unknown} value
   * @returns {value is Html}
   */
  static is(value) {
    return typeof value === 'object' && value !== null && #markup in value;
  }
}

/** The value of a form field: escaped, but kept to the letter, because it is sent back. */
class Verbatim {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/**
 * What may stand in the tag. Members of a list are checked when they are shown.
 * @typedef {Html | Verbatim | string | number | null | undefined | false | readonly unknown[]} Value
 */

/**
 * @param {TemplateStringsArray} strings
 * @param {...Value} values
 */
export function html(strings, ...values) {
  let markup = strings[0] ?? '';
  for (let i = 0; i < values.length; i++) markup += render(values[i]) + strings[i + 1];
  return new Html(made, markup);
}

/** Nothing, where a view has nothing to say. */
export const nothing = new Html(made, '');

/** @param {unknown} value @returns {string} */
function render(value) {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string') return escaped(visible(value));
  if (typeof value === 'number') return String(value);
  if (Html.is(value)) return value.toString();
  if (value instanceof Verbatim) return escaped(value.text);
  if (Array.isArray(value)) return value.map(render).join('');
  throw new TypeError(`html cannot show a value of type ${typeof value}`);
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/**
 * Text with deceptive characters written out, for places that take text and no markup (`textContent`, titles).
 * @param {string} text
 */
export function visible(text) {
  return text.replace(deceptive, (character) => `\u27e8U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}\u27e9`);
}

/**
 * The value of a form field or of a `data-` attribute that a program reads back.
 * @param {string | number | null | undefined} value
 */
export function verbatim(value) {
  return new Verbatim(String(value ?? ''));
}

/**
 * A URL that may stand in `href` or `action`: a path of this server, a query, a fragment, http or https. Anything else leads nowhere.
 * @param {string} url
 */
export function href(url) {
  if (/^(?:\/(?![/\\])|[?#]|https?:\/\/)/i.test(url)) return url;
  return '#';
}

/**
 * JSON for `<script type="application/json">`: no `<` reaches the parser, so nothing inside can end the element.
 * @param {unknown} value
 */
export function json(value) {
  const text = JSON.stringify(value) ?? 'null';
  return new Html(
    made,
    text.replace(/[<\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}
