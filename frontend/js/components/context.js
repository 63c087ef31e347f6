/**
 * What components may know and ask of the page.
 * @typedef {object} Context
 * @property {string} screen
 * @property {() => import('../model/state.js').Model} model
 * @property {() => import('../model/state.js').State['shell']} shell
 * @property {() => string} now by the clock of the server, ISO 8601
 * @property {import('./teller.js').Teller} teller
 * @property {() => void} refresh reads the page anew
 * @property {() => void} togglePause
 * @property {() => void} showNew
 */
export {};
