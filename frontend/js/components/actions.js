import { keysDialog } from '../views/dialogs.js';
import { showDialog } from './dialog.js';

/** Buttons that are not forms: they do something on this page only. @param {import('./context.js').Context} context */
export function mountActions({ togglePause, showNew, teller }) {
  /** @type {Readonly<Record<string, (button: HTMLElement) => void>>} */
  const actions = {
    pause: togglePause,
    'show-new': showNew,
    keys: () => void showDialog(keysDialog()),
    copy: (button) => {
      void navigator.clipboard.writeText(button.dataset['text'] ?? '').then(() => teller.flash({ tone: 'ok', text: 'Copied.' }));
    },
  };
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-action]') : null;
    if (button instanceof HTMLElement) actions[button.dataset['action'] ?? '']?.(button);
  });
}
