/** From the form of a replay to the body of `POST /replays`; see forms.js. */

import { filled, number, utcTime, words } from './forms.js';

/** @typedef {import('./forms.js').FormValues} FormValues */

/** What `last` of the form stands for, in minutes back from now. */
export const spans = [
  { minutes: 15, label: 'Last 15 minutes' },
  { minutes: 60, label: 'Last hour' },
  { minutes: 360, label: 'Last 6 hours' },
  { minutes: 1_440, label: 'Last 24 hours' },
  { minutes: 10_080, label: 'Last 7 days' },
];

/** Further values of `last`: a window by its ends, a file, made tasks. */
export const otherWindow = 'other';
export const fileChoice = 'file';
export const madeChoice = 'made';

/**
 * @param {FormValues} values `try.<name>` for each strategy that is ticked
 * @param {string} now ISO 8601
 */
export function replayFromForm(values, now) {
  const ticked = Object.keys(values).flatMap((name) => (name.startsWith('try.') ? [name.slice('try.'.length)] : []));
  /** @type {Record<string, unknown>} */
  const body = { strategies: [...ticked, ...words(values['others'] ?? '')].map((algorithm) => ({ algorithm })) };
  const isOwn = values['last'] !== fileChoice && values['last'] !== madeChoice;
  const window = isOwn ? windowOf(values, now) : {};
  if (Object.keys(window).length > 0) body['window'] = window;
  if (!isOwn && filled(values['processors'])) body['processors'] = number(values['processors']);
  if (values['last'] === madeChoice) {
    const load = filled(values['load']) ? { load: number(values['load']) } : {};
    body['generate'] = { pattern: values['pattern'] ?? '', tasks: number(values['tasks'] || '10000'), ...load };
  }
  if (filled(values['pools'])) body['pools'] = poolsFrom(values['pools']);
  if (filled(values['seed'])) body['seed'] = number(values['seed']);
  return body;
}

/** @param {FormValues} values @param {string} now */
function windowOf(values, now) {
  if (values['last'] !== otherWindow) {
    const minutes = spans.find((span) => String(span.minutes) === values['last'])?.minutes ?? 60;
    return { from: new Date(Date.parse(now) - minutes * 60_000).toISOString() };
  }
  /** @type {Record<string, string>} */
  const window = {};
  for (const end of ['from', 'to']) if (filled(values[end])) window[end] = utcTime(values[end] ?? '');
  return window;
}

/**
 * Pools that would be different: one a line, its name and then `capacity=20` and the like.
 * @param {string} text
 * @returns {readonly unknown[]} what cannot be read stays text, for the schema to refuse
 */
export function poolsFrom(text) {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...settings] = line.trim().split(/\s+/);
      const pairs = settings.map((setting) => /^([a-z_]+)=(\S+)$/.exec(setting));
      if (pairs.some((pair) => pair === null)) return line.trim();
      return { name, ...Object.fromEntries(pairs.map((pair) => [pair?.[1], typed(pair?.[1], pair?.[2] ?? '')])) };
    });
}

/** Settings that are words, though they may look like numbers. */
const wordSettings = ['region', 'resource_type', 'state'];

/** @param {string | undefined} setting @param {string} value */
function typed(setting, value) {
  return wordSettings.includes(setting ?? '') ? value : number(value);
}
