import { html, nothing, verbatim } from './html.js';
import { icon } from './icons.js';

/**
 * Where people show their key, once; from then on a cookie stands for it.
 * @param {{ back: string, problem?: string }} model
 */
export function signInScreen({ back, problem }) {
  return html`<div class="card card-narrow"><h1>Sign in</h1>
<p>This server wants a key. Whoever runs it makes one at <code>/keys</code>, or with <code>trx keys add</code>.</p>
<form class="stack" method="post" action="/login"><input type="hidden" name="back" value="${verbatim(back)}">
<div class="field${problem ? ' field-bad' : ''}"><label for="sign-in-key">Key</label><input id="sign-in-key" name="key" type="password" autocomplete="current-password" required spellcheck="false"${problem ? html` aria-describedby="sign-in-error sign-in-hint" aria-invalid="true"` : html` aria-describedby="sign-in-hint"`}>${problem ? html`<p class="field-error" id="sign-in-error">${icon('warning')}${problem}</p>` : nothing}<p class="field-hint" id="sign-in-hint">It begins with trx_. You stay signed in for 12 hours, or until the server is started again.</p></div>
<div class="form-end"><button class="button button-primary">Sign in</button></div></form></div>`;
}
