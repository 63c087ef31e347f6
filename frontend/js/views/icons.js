import { html, nothing } from './html.js';

/** Line drawings on a 16 × 16 grid; colour and size come from the text around them. */
const drawings = {
  logo: html`<path d="M1.5 8h4l3-4.5h6M5.5 8l3 4.5h6M12.5 1.5l2 2-2 2M12.5 10.5l2 2-2 2"/>`,
  delayed: html`<circle cx="8" cy="8" r="6"/><path d="M8 4.5V8l2.5 1.5"/>`,
  queued: html`<path d="M2 4h12M2 8h12M2 12h7"/>`,
  processing: html`<path d="M4.5 2.5v11l8.5-5.5z"/>`,
  completed: html`<path d="M3 8.5l3.2 3.2L13 4.8"/>`,
  failed: html`<path d="M4 4l8 8M12 4l-8 8"/>`,
  cancelled: html`<circle cx="8" cy="8" r="6"/><path d="M3.8 12.2l8.4-8.4"/>`,
  cpu: html`<rect x="4" y="4" width="8" height="8" rx="1"/><path d="M6.5 1.5V4M9.5 1.5V4M6.5 12v2.5M9.5 12v2.5M1.5 6.5H4M1.5 9.5H4M12 6.5h2.5M12 9.5h2.5"/>`,
  gpu: html`<rect x="1.5" y="4" width="13" height="8" rx="1"/><circle cx="5.5" cy="8" r="1.6"/><circle cx="10.5" cy="8" r="1.6"/>`,
  search: html`<circle cx="7" cy="7" r="4.5"/><path d="M10.5 10.5L14 14"/>`,
  key: html`<circle cx="5" cy="11" r="3"/><path d="M7.2 8.8L13.5 2.5M10.5 5.5l2 2"/>`,
  theme: html`<circle cx="8" cy="8" r="6"/><path d="M8 2v12a6 6 0 0 0 0-12z" fill="currentColor" stroke="none"/>`,
  pause: html`<path d="M5.5 3v10M10.5 3v10"/>`,
  play: html`<path d="M4.5 2.5v11l8.5-5.5z"/>`,
  warning: html`<path d="M8 2L15 14H1zM8 6.5v3.5M8 12v.2"/>`,
  info: html`<circle cx="8" cy="8" r="6"/><path d="M8 7.5V11M8 5v.2"/>`,
  retry: html`<path d="M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3"/>`,
  copy: html`<rect x="5.5" y="5.5" width="8" height="8" rx="1"/><path d="M10.5 5.5v-3h-8v8h3"/>`,
  arrow: html`<path d="M3 8h10M9.5 4.5L13 8l-3.5 3.5"/>`,
  drain: html`<path d="M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11"/>`,
  menu: html`<path d="M2 4h12M2 8h12M2 12h12"/>`,
  help: html`<path d="M5.5 6a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M8 12.8v.2"/>`,
};

/** @typedef {keyof typeof drawings} IconName */

/**
 * A drawing beside a word that says the same; never on its own.
 * @param {string} name
 */
export function icon(name) {
  const drawing = Object.hasOwn(drawings, name) ? drawings[/** @type {IconName} */ (name)] : nothing;
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${drawing}</svg>`;
}
