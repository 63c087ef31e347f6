import { dateTime, plural } from '../model/format.js';
import { choice, input, problemSummary } from './fields.js';
import { href, html, nothing } from './html.js';
import { icon } from './icons.js';
import { ageOf, command, empty } from './parts.js';

/** @typedef {import('../model/key-wire.js').KeyWire} KeyWire */

/**
 * @typedef {object} KeysModel
 * @property {readonly KeyWire[]} keys in order of their names
 * @property {{ readonly name: string, readonly key: string, readonly role: string } | null} made just now: the one time that it is shown
 * @property {{ readonly nodes: readonly string[], readonly streams: number } | null} keyless who works here without a key; null: nobody, or nobody ever needs one
 * @property {boolean} isOff nobody needs a key, whatever keys there are
 * @property {import('./fields.js').FormState} form
 * @property {readonly string[]} pools that nodes may join
 * @property {string} origin
 */

/** What each role may. Each of the first four may also what those before it may. @type {Readonly<Record<string, string>>} */
export const roleWords = {
  read: 'look at everything',
  submit: 'also submit, cancel and retry tasks',
  operate: 'also change pools, types, limits and the strategy, simulate and replay',
  admin: 'also make and remove keys, and all that nodes may',
  node: 'do the work of worker nodes, and nothing else',
};

/** @param {KeysModel & { now: string }} model */
export function keysScreen(model) {
  const { keys, made, isOff, origin } = model;
  return html`<div class="page-head"><h1>Keys</h1></div>
<p class="lead">${whoGetsIn(model)}</p>
${model.keyless && made === null ? shutOut(model.keyless) : nothing}
${made === null ? nothing : newKey(made, keys.length === 1 && !isOff, origin)}
<section class="card" aria-labelledby="keys-there-title"><header class="card-head"><h2 id="keys-there-title">Keys there are</h2></header>${keyTable(model)}</section>
<section class="card card-narrow" aria-labelledby="new-key-title"><header class="card-head"><h2 id="new-key-title">New key</h2></header>${keyForm(model)}</section>
${command('The same as a command', `trx keys\ntrx keys add ci --role submit --expires-in 90\ncurl ${origin}/api/v1/keys`)}`;
}

/** @param {Pick<KeysModel, 'keys' | 'isOff'>} model */
function whoGetsIn({ keys, isOff }) {
  if (isOff) return 'TRX_AUTH=off: this server asks nobody for a key. Whoever reaches it may do everything, whatever keys there are.';
  if (keys.length === 0)
    return 'No key is needed: whoever reaches this server may do everything. The first key closes it to everybody without one; this browser is signed in with it at once.';
  return 'Every request needs one of these: programs send it as a bearer token, people sign in with it.';
}

/** @param {NonNullable<KeysModel['keyless']>} keyless */
function shutOut({ nodes, streams }) {
  if (nodes.length === 0 && streams === 0) return nothing;
  const shown = nodes.slice(0, mostNodes).join(', ') + (nodes.length > mostNodes ? ', …' : '');
  return html`<div class="alert alert-info">${icon('warning')}<div><p><b>The first key shuts out who works here without one.</b></p><ul>${
    nodes.length === 0
      ? nothing
      : html`<li>${plural(nodes.length, 'worker node')} (${shown}): what they run goes on until its lease ends. Make a key with the role node after the first one, and put it into the file that TRX_API_KEY_FILE of each worker names, which it reads again; or start them anew with TRX_API_KEY.</li>`
  }${streams === 0 ? nothing : html`<li>${plural(streams, 'open live stream')}, this page perhaps among them: browsers sign in, programs send the key.</li>`}</ul></div></div>`;
}

const mostNodes = 5;

/** @param {NonNullable<KeysModel['made']>} made @param {boolean} asksNow the door is shut from this key on @param {string} origin */
function newKey({ name, key, role }, asksNow, origin) {
  return html`<section class="alert alert-info" aria-labelledby="made-title">${icon('key')}<div class="stack"><h2 id="made-title">The key of ${name}</h2>
<p>Copy it now: it is shown this once, and kept nowhere.</p>
<pre class="code" tabindex="0"><code>${key}</code></pre>
<pre class="code" tabindex="0"><code>${role === 'node' ? `TRX_API_KEY=${key} trx worker --server ${origin}` : `curl -H 'authorization: Bearer ${key}' ${origin}/api/v1/tasks`}</code></pre>
${asksNow ? html`<p>From now on this server wants a key of everybody. This browser is signed in with it, for 12 hours or until the server is started again.</p>` : nothing}</div></section>`;
}

/** @param {KeysModel & { now: string }} model */
function keyTable({ keys, now }) {
  if (keys.length === 0) return empty({ text: 'The first key has the role admin and no end: it makes the others.' });
  return html`<div class="table-scroll" role="region" aria-label="Keys" tabindex="0"><table class="table table-stack"><caption class="hidden-visually">Keys, without what opens</caption><thead><tr><th scope="col">Name</th><th scope="col">Role</th><th scope="col">Only for</th><th scope="col">Public part</th><th scope="col">Ends</th><th scope="col">Made</th><th scope="col">Last used</th><th scope="col"><span class="hidden-visually">Actions</span></th></tr></thead><tbody>${keys.map(
    (key) =>
      html`<tr><th scope="row">${key.name}</th><td data-label="Role"><span class="tag">${key.role}</span></td><td data-label="Only for">${onlyFor(key)}</td><td class="mono" data-label="Public part">${key.prefix}</td><td class="nowrap" data-label="Ends">${key.expires_at === null ? html`<span class="muted">never</span>` : html`<time datetime="${key.expires_at}">${dateTime(key.expires_at)}</time>${key.expires_at <= now ? html` <span class="badge badge-failed">over</span>` : nothing}`}</td><td class="nowrap" data-label="Made">${ageOf(key.created_at, now)} <span class="muted">by ${key.created_by}</span></td><td class="nowrap" data-label="Last used">${key.last_used_at === null ? html`<span class="muted" title="since this server started">not yet</span>` : ageOf(key.last_used_at, now)}</td><td class="actions">${removal(key)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** @param {KeyWire} key */
function onlyFor({ tenant, pool }) {
  if (tenant !== null) return html`tenant ${tenant}`;
  if (pool !== null) return html`pool <a href="${href(`/pools/${encodeURIComponent(pool)}`)}">${pool}</a>`;
  return html`<span class="muted">–</span>`;
}

/** Asks once more, without a script too. @param {KeyWire} key */
function removal({ name, prefix }) {
  return html`<details class="more"><summary>Remove<span class="hidden-visually"> ${name}</span> …</summary><form method="post" action="${href(`/keys/${prefix}/remove`)}" class="stack"><p>It opens nothing from then on.</p><button class="button button-small">Remove ${name}</button></form></details>`;
}

/** @param {KeysModel} model */
function keyForm({ form, keys, pools }) {
  const prefix = 'key';
  const isFirst = keys.length === 0;
  return html`<form method="post" action="/keys" class="stack">${problemSummary(prefix, form.problem)}
<div class="grid-2">${input({ prefix, form, name: 'name', label: 'Name', hint: 'who or what holds it; the log tells by it what was done', attributes: html`required maxlength="64" spellcheck="false" autocomplete="off"` })}
${input({ prefix, form, name: 'expires_at', label: 'Ends', type: 'datetime-local', hint: 'UTC; never when empty', attributes: html`step="1"` })}</div>
${choice({ prefix, form, name: 'role', label: 'May', fallback: isFirst ? 'admin' : 'submit', options: Object.entries(roleWords).map(([value, words]) => ({ value, label: `${value}: ${words}` })) })}
<div class="grid-2">${input({ prefix, form, name: 'tenant', label: 'Only for the tenant', hint: 'with the roles read and submit', attributes: html`maxlength="64" spellcheck="false"` })}
${choice({ prefix, form, name: 'pool', label: 'Only for nodes of the pool', hint: 'with the role node', options: ['', ...pools].map((value) => ({ value, label: value || 'any' })) })}</div>
<div class="form-end"><button class="button button-primary">${icon('key')}Make the key</button></div></form>`;
}
