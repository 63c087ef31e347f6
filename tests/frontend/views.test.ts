import { describe, expect, it } from 'vitest';
import { niceCeiling } from '../../frontend/js/views/chart.js';
import { html } from '../../frontend/js/views/html.js';
import { roleWords } from '../../frontend/js/views/keys.js';
import { heatStep } from '../../frontend/js/views/pools.js';
import { page, type Shell } from '../../frontend/js/views/shell.js';
import { statTiles } from '../../frontend/js/views/stats.js';
import { taskTable } from '../../frontend/js/views/task-table.js';
import { roles } from '../../src/core/domain/api-key.ts';
import * as given from './fixtures.ts';
import { payloads } from './payloads.ts';
import { cases } from './view-cases.ts';

/** Elements that have no end. */
const empty = new Set(['meta', 'link', 'input', 'br', 'hr', 'img']);

/** Every element is closed in order: what a parser would have to guess, server and browser may guess differently. */
function assertBalanced(markup: string): void {
  const open: string[] = [];
  for (const [, slash, name, rest] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>/gi)) {
    if (slash) expect(open.pop()).toBe(name);
    else if (!empty.has(name!.toLowerCase()) && !rest!.endsWith('/')) open.push(name!);
  }
  expect(open).toEqual([]);
}

describe.each(cases)('$view: $name', ({ render }) => {
  it('is well-formed, unique in its ids, and free of inline style and script', () => {
    const markup = render().toString();
    assertBalanced(markup);
    const ids = [...markup.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(markup).not.toMatch(/ style=| on[a-z]+=|javascript:/);
    expect(markup).not.toMatch(/undefined|NaN|\[object/);
  });

  it('labels every field, and points every label and description at something', () => {
    const markup = render().toString();
    const ids = new Set([...markup.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id));
    for (const [, target] of markup.matchAll(/ (?:for|aria-describedby|aria-labelledby)="([^"]*)"/g)) {
      for (const id of target!.split(' ')) expect(ids).toContain(id);
    }
  });

  it('says the same when it is drawn again', () => {
    expect(render().toString()).toBe(render().toString());
  });
});

describe('a task that says how far it is', () => {
  it('shows the share, the note as text and when it was said; one that does not shows nothing of the kind', () => {
    const shown = (name: string) =>
      cases
        .find((one) => one.view === 'taskScreen' && one.name === name)!
        .render()
        .toString();
    expect(shown('half way')).toMatch(/<b class="num">50 %<\/b> row &lt;5&gt; of 10 <span class="muted">said <time/);
    expect(shown('waiting')).not.toContain('class="run"');
  });
});

it('a pool on which attempts keep failing says until when it is left alone, by which rule, and can be resumed', () => {
  const leftAlone = cases.find(({ view, name }) => view === 'poolScreen' && name === 'left alone');
  const markup = leftAlone?.render().toString();
  expect(markup).toContain('Cooling until 09:00:25');
  expect(markup).toContain('left alone after 5 failures');
  expect(markup).toContain('Resume now');
  expect(markup).toContain('Drain');
});

it('a task of several parts says which of them ran on which node', () => {
  const inParts = cases.find(({ view, name }) => view === 'taskScreen' && name === 'in parts on nodes');
  expect(inParts?.render().toString()).toMatch(/Nodes of its parts<\/dt>\s*<dd[^>]*>n1 \(0, 2\), the server \(1\)</);
});

describe('the shell', () => {
  const shell = {
    ...{
      title: 'Overview',
      screen: 'overview',
      path: '/tasks?status=queued',
      assets: '/assets/x',
      seq: 7,
      now: given.now,
      algorithm: 'fifo',
      environment: 'staging',
    },
    ...{
      preferences: { theme: 'dark', density: 'compact', shortcuts: false },
      flash: null,
      viewer: { name: 'ops', role: 'operate', tenant: null },
      notices: [],
      refresh: 10,
    },
  } satisfies Shell as Shell;

  it('is a whole document with the place in the log and the model to go on with', () => {
    const markup = page(shell, html`<p>body</p>`, { text: '</script>' }).toString();
    expect(markup).toMatch(/^<!doctype html>\n<html lang="en" data-theme="dark" data-density="compact">/);
    expect(markup).toContain('<main id="main" tabindex="-1" data-screen="overview" data-seq="7">');
    expect(markup).toContain('<meta http-equiv="refresh" content="10">');
    expect(markup.match(/<script/g)).toHaveLength(2);
    const data = /<script type="application\/json" id="page">(.*)<\/script>/.exec(markup)?.[1] ?? '';
    expect(JSON.parse(data)).toEqual({ shell, model: { text: '</script>' } });
    assertBalanced(markup.replace(/<!doctype html>/, '').replace(/<script type="application.*<\/script>/, ''));
  });

  it('draws no door that a key of one tenant does not open', () => {
    const of = (tenant: string | null) => page({ ...shell, viewer: { name: 'a', role: 'submit', tenant } }, html``, {}).toString();
    const doors = (markup: string) =>
      [...(/<nav class="nav-wide".*?<\/nav>/.exec(markup)?.[0] ?? '').matchAll(/href="([^"]*)"/g)].map(([, to]) => to);
    expect(doors(of('acme'))).toEqual(['/pools', '/tasks', '/algorithms']);
    expect(doors(of(null))).toContain('/logs');
    expect(doors(of(null))).not.toContain('/keys');
  });

  it('marks where one is', () => {
    const markup = page({ ...shell, path: '/tasks/1' }, html``, {}).toString();
    expect(markup).toContain('<a href="/tasks" aria-current="true">Tasks</a>');
    expect(markup).not.toContain('<a href="/" aria-current');
  });

  it.each(payloads)('shows a message of %j as text', (text) => {
    const markup = page(
      {
        ...shell,
        flash: { tone: 'ok', text, to: text, label: text },
        notices: [{ text, to: text }],
        environment: text,
        title: text,
        algorithm: text,
        path: text,
      },
      html``,
      {},
    ).toString();
    assertBalanced(markup.replace(/<!doctype html>/, '').replace(/<script type="application.*<\/script>/, ''));
    expect(markup.match(/<script/g)).toHaveLength(2);
    expect(markup).not.toMatch(/href="(?!\/|#|\?|https?:)/);
  });
});

describe('rows', () => {
  it.each(payloads)('keep %j in every field as text', (text) => {
    const task = given.aTask({
      type: text,
      region: text,
      worker_id: text,
      algorithm_used: text,
      error: { code: text, message: text },
      tenant: text,
      reason: { ...given.hold, summary: text },
    });
    const markup = taskTable({ tasks: [task, { ...task, reason: null }], now: given.now, back: text }).toString();
    assertBalanced(markup);
    expect(markup).not.toMatch(/<(?:script|img|iframe|object|embed|base|video|math)\b/i);
  });

  it('carry the id of their task, so that a patch keeps them', () => {
    const task = given.aTask({ seq: 3 });
    expect(taskTable({ tasks: [task], now: given.now, back: '/' }).toString()).toContain(`<tr id="task-${task.id}"`);
  });
});

it('every role has its words at the form of a key', () => {
  expect(Object.keys(roleWords).sort()).toEqual([...roles].sort());
});

it('tiles say what the stats say, and link to what they count', () => {
  const markup = statTiles({ stats: given.someStats({ tasks_processed: 42, queue_size: 7 }), history: [], now: given.now }).toString();
  expect(markup).toMatch(
    /href="\/tasks\?status=completed,failed"><span class="tile-label">Processed<\/span><span class="tile-value num ">42</,
  );
  expect(markup).toMatch(/href="\/tasks\?status=queued"><span class="tile-label">Queue size<\/span><span class="tile-value num ">7</);
  expect(markup.match(/class="tile"/g)).toHaveLength(8);
});

it.each([
  [0, 0],
  [0.01, 1],
  [0.16, 1],
  [0.17, 2],
  [0.5, 4],
  [0.99, 6],
  [1, 7],
  [1.4, 7],
])('load %d is heat step %d', (load, step) => expect(heatStep(load)).toBe(step));

it.each([
  [0, 1],
  [1, 1],
  [3, 3],
  [11, 15],
  [100, 100],
  [101, 150],
  [7_200, 8_000],
])('a scale for %d ends at %d', (value, ceiling) => expect(niceCeiling(value)).toBe(ceiling));
