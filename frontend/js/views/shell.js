import { placesFor } from '../model/places.js';
import { href, html, json, nothing, verbatim } from './html.js';
import { icon } from './icons.js';
import { liveness } from './live.js';
import { doctorStrip, flashMessage } from './states.js';

/** @typedef {import('./html.js').Html} Html */

/**
 * What every page carries around its screen.
 * @typedef {object} Shell
 * @property {string} title
 * @property {string} screen
 * @property {string} path of this page, with query
 * @property {Preferences} preferences
 * @property {string} assets folder of css, scripts and pictures, named after their content
 * @property {number} seq position of the log this page was read at
 * @property {string} now time of the reading
 * @property {string} algorithm that decides now
 * @property {string} environment name of this installation, '' for none
 * @property {import('./states.js').Flash | null} flash
 * @property {{ name: string, role: string, tenant: string | null } | null} viewer who signed in, and the tenant that is all they see; null where nobody needs to
 * @property {readonly import('./states.js').Notice[]} notices
 * @property {number} refresh seconds after which the page reads itself anew; 0 never
 */

/**
 * @typedef {object} Preferences
 * @property {'auto' | 'light' | 'dark' | 'contrast'} theme
 * @property {'normal' | 'compact'} density
 * @property {boolean} shortcuts
 */

/**
 * A whole document.
 * @param {Shell} shell
 * @param {Html} body
 * @param {unknown} model what `body` was made from, for the script to go on with
 */
export function page(shell, body, model) {
  const { preferences, assets } = shell;
  return html`<!doctype html>
<html lang="en" data-theme="${preferences.theme}" data-density="${preferences.density}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${shell.title} · TaskRouterX</title>
<meta name="color-scheme" content="light dark">${shell.refresh > 0 ? html`<meta http-equiv="refresh" content="${shell.refresh}">` : nothing}
<link rel="icon" href="${assets}/favicon.svg" type="image/svg+xml"><link rel="stylesheet" href="${assets}/app.css"><script type="module" src="${assets}/js/main.js"></script></head>
<body${shell.viewer ? html` data-role="${shell.viewer.role}"` : nothing}><a class="skip" href="#main">Skip to content</a>
${header(shell)}
<div id="doctor">${doctorStrip(shell.notices)}</div>
<div id="flash">${shell.flash ? flashMessage(shell.flash) : nothing}</div>
<main id="main" tabindex="-1" data-screen="${shell.screen}" data-seq="${shell.seq}">${body}</main>
${footer()}
<p id="announce" class="hidden-visually" role="status"></p>
<script type="application/json" id="page">${json({ shell, model })}</script>
</body></html>
`;
}

/** @param {Shell} shell */
function header(shell) {
  return html`<header class="top"><a class="brand" href="/">${icon('logo')}<span>TaskRouterX</span></a>${shell.environment ? html`<span class="tag">${shell.environment}</span>` : nothing}
<nav class="nav-wide" aria-label="Main">${navigation(shell)}</nav>
<details class="menu nav-narrow"><summary class="button button-quiet" aria-label="Menu">${icon('menu')}Menu</summary><nav class="menu-body" aria-label="Main, short">${navigation(shell)}</nav></details>
<div class="top-end"><form class="search" role="search" action="/search"><label class="hidden-visually" for="search">Find a task, pool or type</label>${icon('search')}<input id="search" name="q" type="search" placeholder="Task, pool or type" autocomplete="off" spellcheck="false"></form>
${shell.algorithm ? html`<a class="top-algorithm" href="/algorithms" title="Current scheduling algorithm"><span class="muted">Algorithm</span> <b data-live="algorithm-name">${shell.algorithm}</b></a>` : nothing}
<div data-live="liveness">${liveness({ phase: 'still', at: shell.now, retryInS: 0, held: 0, refresh: shell.refresh, path: shell.path })}</div>
${display(shell)}${shell.viewer ? signedIn(shell.viewer) : nothing}</div></header>`;
}

/** @param {Shell} shell */
function navigation({ path, viewer }) {
  const here = path.split('?')[0] ?? '/';
  return placesFor(viewer).map(({ to, label }) => {
    const isOperation = to === '/tasks' && here.startsWith('/operations/');
    const isHere = to === '/' ? here === '/' : here === to || here.startsWith(`${to}/`) || isOperation;
    return html`<a href="${to}"${isHere ? html` aria-current="${here === to ? 'page' : 'true'}"` : nothing}>${label}</a>`;
  });
}

/** Theme and density: a form, so it works without a script. @param {Shell} shell */
function display({ preferences, path }) {
  const radio = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string} */ label, /** @type {boolean} */ checked) =>
    html`<label class="check"><input type="radio" name="${name}" value="${value}"${checked ? html` checked` : nothing}>${label}</label>`;
  return html`<details class="menu menu-end"><summary class="button button-quiet" aria-label="Display">${icon('theme')}<span class="wide-only">Display</span></summary><form class="menu-body stack" method="post" action="/preferences" data-do="preferences">
<input type="hidden" name="back" value="${verbatim(path)}">
<fieldset class="options-row"><legend>Theme</legend>${radio('theme', 'auto', 'Like the system', preferences.theme === 'auto')}${radio('theme', 'light', 'Light', preferences.theme === 'light')}${radio('theme', 'dark', 'Dark', preferences.theme === 'dark')}${radio('theme', 'contrast', 'High contrast', preferences.theme === 'contrast')}</fieldset>
<fieldset class="options-row"><legend>Density</legend>${radio('density', 'normal', 'Normal', preferences.density === 'normal')}${radio('density', 'compact', 'Compact', preferences.density === 'compact')}</fieldset>
<fieldset class="options-row"><legend>Keyboard shortcuts</legend>${radio('shortcuts', 'on', 'On', preferences.shortcuts)}${radio('shortcuts', 'off', 'Off', !preferences.shortcuts)}</fieldset>
<div class="form-end"><button class="button button-small">Apply</button><button type="button" class="button button-small needs-js" data-action="keys">Show shortcuts</button></div></form></details>`;
}

/** @param {{ name: string, role: string }} viewer */
function signedIn({ name, role }) {
  return html`<details class="menu menu-end"><summary class="button button-quiet" aria-label="Signed in as ${name}">${icon('key')}<span class="wide-only">${name}</span></summary><form class="menu-body stack" method="post" action="/logout"><p>Signed in as <b>${name}</b>, with the role ${role}.</p><div class="form-end"><button class="button button-small">Sign out</button></div></form></details>`;
}

function footer() {
  return html`<footer class="foot"><p>TaskRouterX. Times are UTC.</p><p><a href="${href('/docs')}">API</a> <a href="${href('/openapi.json')}">OpenAPI</a> <a href="${href('/metrics')}">Metrics</a> <a href="${href('/health')}">Health</a></p></footer>`;
}
