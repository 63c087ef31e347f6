import { places } from '../model/places.js';
import { html, nothing } from './html.js';

/** The list under `?`. */
export function keysDialog() {
  const rows = [
    ...places.map(({ key, label }) => ['g', key, label]),
    ['/', '', 'Search'],
    ['j', 'k', 'Next and previous row'],
    ['Enter', '', 'Open the row'],
    ['c', '', 'Cancel the task of the row (asks)'],
    ['r', '', 'Retry the task of the row (asks)'],
    ['.', '', 'Pause and go on'],
    ['d', '', 'Density'],
    ['t', '', 'Theme'],
    ['?', '', 'This list'],
    ['Esc', '', 'Close'],
  ];
  return html`<dialog class="dialog" id="keys" aria-labelledby="keys-title"><h2 id="keys-title">Keyboard shortcuts</h2><table class="table table-plain"><tbody>${rows.map(
    ([first, second, what]) =>
      html`<tr><th scope="row"><kbd>${first}</kbd>${second ? html` <kbd>${second}</kbd>` : nothing}</th><td>${what}</td></tr>`,
  )}</tbody></table><p class="muted small">They can be switched off under Display.</p><form method="dialog" class="form-end"><button class="button">Close</button></form></dialog>`;
}

/**
 * A question before something that cannot be taken back.
 * @param {{ text: string, yes: string }} question
 */
export function questionDialog({ text, yes }) {
  return html`<dialog class="dialog" id="question" aria-labelledby="question-text"><p id="question-text">${text}</p><form method="dialog" class="form-end"><button class="button button-primary" value="yes">${yes}</button><button class="button" value="no">No</button></form></dialog>`;
}
