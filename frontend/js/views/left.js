/** What a bundle printed and left: two tabs of its page. */
import { count, plural, size } from '../model/format.js';
import { isTerminal } from '../model/status.js';
import { href, html, nothing } from './html.js';
import { command, empty } from './parts.js';

/** @typedef {import('./html.js').Html} Html */
/** @typedef {import('./task.js').TaskModel} TaskModel */
/** @typedef {import('../model/output-wire.js').TailWire} TailWire */

/** Colours that programs print for terminals. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with an escape
const colours = /\u001b\[[0-9;]*m/g;

/** @param {TaskModel} model */
export function outputPart(model) {
  const { task, output, origin, part } = model;
  const choice = partChoice(task, part);
  if (output === null) return html`${choice}${nothingKept(model)}`;
  const { attempt, partial, stdout, stderr } = output;
  const [flag, query] = task.parts === 1 ? ['', ''] : [` --part ${part}`, `&part=${part}`];
  return html`${choice}<p class="muted">${attemptWords(attempt, partial)}.</p>${stream(task.id, `attempt=${attempt}${query}`, 'stdout', 'Standard output', stdout, partial)}${stream(task.id, `attempt=${attempt}${query}`, 'stderr', 'Standard error', stderr, partial)}${command('Follow it in a terminal', `trx logs -f ${task.id}${flag}`)}${command('Read it with curl', `curl '${origin}/api/v1/tasks/${task.id}/output?stream=stdout${query}'`)}`;
}

/** Each part prints for itself. @param {TaskModel['task']} task @param {number} part the one that is shown */
function partChoice({ id, parts }, part) {
  if (parts === 1) return nothing;
  const all = Array.from({ length: parts }, (_, each) => each);
  return html`<nav class="tabs" aria-label="Output of its parts">${all.map(
    (each) =>
      html`<a href="${href(`/tasks/${id}?tab=output&part=${each}`)}"${each === part ? html` aria-current="page"` : nothing}>Part ${each}</a>`,
  )}</nav>`;
}

/**
 * @param {string} id @param {string} which attempt and part, as a query @param {'stdout' | 'stderr'} name @param {string} title @param {TailWire} tail
 * @param {boolean} partial
 */
function stream(id, which, name, title, { text, from, kept, bytes }, partial) {
  const shown = text.replace(colours, '').replace(/\r\n?/g, '\n');
  const download = href(`/api/v1/tasks/${id}/output?stream=${name}&${which}`);
  return html`<div class="left-head"><h3 id="${name}-title">${title}</h3><span class="muted num">${size(bytes)}</span>${kept === 0 ? nothing : html`<a href="${download}">Download</a>`}</div>
${kept === 0 ? html`<p class="muted">${partial ? 'Nothing so far.' : 'Nothing was printed.'}</p>` : html`${extent(from, kept, bytes)}<pre class="code" id="${name}" data-follow tabindex="0" aria-labelledby="${name}-title"><code>${shown}</code></pre>`}`;
}

/** What is left out: the beginning, and what was never kept. @param {number} from @param {number} kept @param {number} bytes */
function extent(from, kept, bytes) {
  const parts = [
    ...(from > 0 ? [`The last ${size(kept - from)} are shown.`] : []),
    ...(bytes > kept ? [`The first ${size(kept)} of ${size(bytes)} are kept.`] : []),
  ];
  return parts.length === 0 ? nothing : html`<p class="muted small">${parts.join(' ')}</p>`;
}

/** @param {TaskModel} model */
export function filesPart(model) {
  const { task, files, origin } = model;
  if (files === null) return nothingKept(model);
  const { attempt, partial, bytes, total, files: listed, skipped } = files;
  const zip = `/api/v1/tasks/${task.id}/files?attempt=${attempt}`;
  return html`<div class="left-head"><p>${attemptWords(attempt, partial)}: ${plural(total, 'file')}, <span class="num">${size(bytes)}</span></p>${total === 0 ? nothing : html`<a class="button button-small" href="${href(zip)}">Download all as a zip</a>`}</div>
${total === 0 ? empty({ text: partial ? 'There are no files in its folder now.' : 'It left no files.' }) : fileTable(listed)}
${total > listed.length ? html`<p class="muted">The first ${count(listed.length)} are listed; the zip has all of them.</p>` : nothing}${
  skipped.length === 0
    ? nothing
    : html`<details class="command"><summary>${plural(skipped.length, 'name')} left out${skipped.length === 100 ? ' or more' : ''}</summary><ul class="plain">${skipped.map(({ path, reason }) => html`<li><code>${path}</code> <span class="muted">${reason}</span></li>`)}</ul></details>`
}${command('Get them with curl', `curl -OJ ${origin}/api/v1/tasks/${task.id}/files`)}`;
}

/** @param {readonly { readonly path: string, readonly bytes: number, readonly url: string }[]} files */
function fileTable(files) {
  return html`<div class="table-scroll" role="region" aria-label="Files" tabindex="0"><table class="table" aria-label="Files"><thead><tr><th scope="col">File</th><th scope="col" class="num">Size</th></tr></thead><tbody>${files.map(
    ({ path, bytes, url }) =>
      html`<tr><td class="file-name"><a class="mono" href="${href(url)}" download>${path}</a></td><td class="num" title="${count(bytes)} bytes">${size(bytes)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** @param {number} attempt @param {boolean} partial */
function attemptWords(attempt, partial) {
  return partial ? `Attempt ${attempt}, which runs now` : `Attempt ${attempt}`;
}

/** @param {TaskModel} model */
function nothingKept({ task, isBundle }) {
  if (!isBundle) return empty({ text: `Tasks of type ${task.type} bring and leave no files.` });
  if (!isTerminal(task.status)) {
    return empty({ text: task.attempt === 0 ? 'It has not run yet.' : `Attempt ${task.attempt} has nothing to show yet.` });
  }
  if (task.attempt === 0) return empty({ text: 'It ended without having run.' });
  return empty({ text: 'Nothing is kept of it any more: output and files are removed by age, number and size.' });
}
