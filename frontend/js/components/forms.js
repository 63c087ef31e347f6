/** Forms post themselves when no script runs; with one they call the API and stay on the page. */

/** Kinds of forms that form-kinds.js knows. The others post themselves. */
const taken = [
  'submit-task',
  'cancel',
  'retry',
  'switch',
  'rollback',
  'simulate',
  'stop-simulation',
  'pool-state',
  'pool-change',
  'node-state',
  'replay',
  'cancel-replay',
];

/** What can still be said when the server is gone before its scripts were loaded. */
const unsent = 'The server cannot be reached. Nothing was sent; what you typed is kept.';

/** @param {import('./context.js').Context} context */
export function mountForms(context) {
  document.addEventListener('input', ({ target }) => {
    const form =
      target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
        ? target.form
        : null;
    if (form) form.dataset['dirty'] = '';
  });
  document.addEventListener('formdata', ({ target, formData }) => {
    // A filter's address holds what was filled in, and nothing else.
    if (!(target instanceof HTMLFormElement) || target.method !== 'get') return;
    for (const [name, value] of [...formData]) if (value === '') formData.delete(name);
  });
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !taken.includes(form.dataset['do'] ?? '')) return;
    if (event.submitter instanceof HTMLButtonElement && event.submitter.hasAttribute('formaction')) return;
    if (form.enctype === 'multipart/form-data' && hasFile(form)) return; // a file is sent by the form itself
    event.preventDefault();
    if (form.getAttribute('aria-busy') === 'true') return;
    form.setAttribute('aria-busy', 'true');
    void kinds()
      .then(({ send }) => send(form, context))
      .catch(() => context.teller.flash({ tone: 'bad', text: unsent }))
      .finally(() => form.removeAttribute('aria-busy'));
  });
  // Whoever goes into a form will send it.
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof Element && target.closest('form[data-do]')) void kinds().catch(() => {});
  });
}

/** @param {HTMLFormElement} form */
function hasFile(form) {
  return [...form.elements].some((field) => field instanceof HTMLInputElement && field.type === 'file' && (field.files?.length ?? 0) > 0);
}

const kinds = () => import('./form-kinds.js');
