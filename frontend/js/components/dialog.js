import { nodes } from '../dom.js';

/**
 * Shows a dialog and answers with the value it was closed with; '' for Escape.
 * @param {import('../views/html.js').Html} html one `<dialog>`
 * @returns {Promise<string>}
 */
export function showDialog(html) {
  const open = document.querySelector('dialog[open]');
  if (open) return Promise.resolve('');
  const dialog = nodes(html).firstElementChild;
  if (!(dialog instanceof HTMLDialogElement)) return Promise.resolve('');
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
}
