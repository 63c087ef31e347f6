/** Forms post themselves when no script runs; with one they call the API and stay on the page. */

/** Kinds of forms that form-kinds.js knows. The others post themselves. */
const taken = ['submit-task', 'cancel', 'retry', 'switch', 'simulate', 'stop-simulation', 'pool-state', 'pool-change'];

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
    event.preventDefault();
    if (form.getAttribute('aria-busy') === 'true') return;
    form.setAttribute('aria-busy', 'true');
    void import('./form-kinds.js').then(({ send }) => send(form, context)).finally(() => form.removeAttribute('aria-busy'));
  });
}
