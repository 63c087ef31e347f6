/** Theme, density and shortcuts change at once; the server remembers them in the cookie that it paints the next page from. */
export function mountDisplay() {
  document.addEventListener('change', (event) => {
    const form = event.target instanceof HTMLInputElement ? event.target.form : null;
    if (form?.dataset['do'] === 'preferences') apply(form);
  });
}

/** @param {HTMLFormElement} form */
function apply(form) {
  const values = new FormData(form);
  const root = document.documentElement;
  root.dataset['theme'] = String(values.get('theme'));
  root.dataset['density'] = String(values.get('density'));
  const body = new URLSearchParams([...values].map(([name, value]) => [name, String(value)]));
  void fetch(form.action, { method: 'POST', body, redirect: 'manual' }).catch(() => {});
}

/**
 * Sets one preference as if its radio button had been chosen.
 * @param {string} name
 * @param {(values: readonly string[], current: string) => string} choose
 */
export function changePreference(name, choose) {
  const radios = [...document.querySelectorAll(`form[data-do="preferences"] input[name="${name}"]`)].filter(
    (radio) => radio instanceof HTMLInputElement,
  );
  const current = radios.find((radio) => radio.checked)?.value ?? '';
  const wanted = choose(
    radios.map((radio) => radio.value),
    current,
  );
  const radio = radios.find((each) => each.value === wanted);
  if (!radio) return;
  radio.checked = true;
  radio.dispatchEvent(new Event('change', { bubbles: true }));
}
