/** Wires the page: state, stream, components, and one drawing per frame. */
import { readPage } from './api.js';
import { mountActions } from './components/actions.js';
import { mountDisplay } from './components/display.js';
import { followingEnds } from './components/follow.js';
import { mountForms } from './components/forms.js';
import { mountPoolMap } from './components/pool-map.js';
import { createTeller } from './components/teller.js';
import { find, patch } from './dom.js';
import { mountKeyboard } from './keyboard.js';
import { lists, regionsOf } from './live-regions.js';
import { filterless, withParameter } from './model/paths.js';
import { isMoving, isRunning } from './model/running.js';
import { initialState, reduce } from './model/state.js';
import { openStream } from './stream.js';
import { liveness } from './views/live.js';
import { newTasksChip } from './views/task-table.js';

/** Readings of the page are at least so far apart, however much happens. */
const readEveryMs = 1_000;
const pollEveryMs = 10_000;
/** The same for who sees one tenant alone, while a task of theirs on the page has not ended. */
const movingEveryMs = 2_000;
/** A tab that was away longer than this is read anew instead of following every event it missed. */
const longAwayMs = 60_000;
const hideAfterMs = 5_000;

export async function start() {
  const data = JSON.parse(find('#page', HTMLScriptElement)?.textContent ?? 'null');
  const main = find('main', HTMLElement);
  if (!data || !main) return;
  const screen = main.dataset['screen'] ?? '';
  const parts = await regionsOf(screen);
  const offsetMs = Date.parse(data.shell.now) - Date.now();
  const isErrorPage = parts === undefined;
  let state = initialState(data.shell, data.model, new URLSearchParams(location.search).has('paused'));
  let isDrawing = false;

  const teller = createTeller();
  const now = () => new Date(Date.now() + offsetMs).toISOString();

  /** @param {import('./model/state.js').Message} message */
  function send(message) {
    const before = state;
    state = reduce(state, message);
    if (
      message.kind === 'phase' &&
      message.phase === 'live' &&
      before.phase !== 'live' &&
      before.phase !== 'connecting' &&
      before.phase !== 'hidden'
    )
      teller.tell('Live again.');
    draw();
  }

  function draw() {
    if (isDrawing) return;
    isDrawing = true;
    requestAnimationFrame(() => {
      isDrawing = false;
      drawNow();
    });
  }

  function drawNow() {
    const model = { ...state.model, now: state.paused ? state.at : now() };
    followingEnds(() => {
      for (const [name, view] of Object.entries(parts ?? {})) region(name, (element) => patch(element, view(model)));
    });
    region('algorithm-name', (element) => {
      element.textContent = state.shell.algorithm;
    });
    region('chip', (element) => patch(element, newTasksChip(state)));
    const phase = state.paused ? 'paused' : state.phase;
    region('liveness', (element) =>
      patch(element, liveness({ phase, at: state.at, retryInS: state.retryInS, held: state.held, refresh: 0, path: '' })),
    );
  }

  const reader = createReader({
    isReading: () => lists.some((name) => isOccupied(name)),
    onPage: (page, hold) => send({ kind: 'page', ...page, hold }),
  });

  /** Entries of the log do not say whose they are: who sees one tenant alone follows one task, and has other pages read anew. */
  const seesAll = (data.shell.viewer?.tenant ?? null) === null;
  const isFollowing = seesAll || screen === 'task';
  const stream = openStream({
    since: data.shell.seq,
    urlOf: (since) => streamUrl(screen, data.model, since, seesAll),
    onPhase: (phase, retryInS) => {
      send({ kind: 'phase', phase, retryInS });
      if (phase === 'polling' && retryInS % (pollEveryMs / 1_000) === 0) reader.soon();
    },
    onFrame: (event, frame) => {
      if (event === 'reset') {
        stream.restart(/** @type {{ head: number }} */ (frame).head);
        reader.soon();
      } else takeFrame(event, frame);
    },
  });

  /** @param {string} event @param {any} frame */
  function takeFrame(event, frame) {
    if (event === 'output') send({ kind: 'output', piece: frame });
    else if (event === 'stats') send({ kind: 'stats', stats: frame, now: Date.now() + offsetMs });
    else if (event === 'snapshot') {
      const version = frame.pools?.version;
      if (poolsVersion !== undefined && version !== poolsVersion) reader.soon();
      poolsVersion = version;
      send({ kind: 'snapshot', names: frame.pools?.names ?? [], load: frame.pools?.load ?? [] });
      if (frame.stats) send({ kind: 'stats', stats: frame.stats, now: Date.now() + offsetMs });
    } else if (event === 'pools') {
      if (frame.version === poolsVersion) send({ kind: 'pools', changed: frame.changed });
      else reader.soon();
    } else takeEvents(Array.isArray(frame) ? frame : [frame]);
  }
  /** @type {number | undefined} */
  let poolsVersion;

  /** @param {readonly import('./model/state.js').EventFrame[]} events */
  function takeEvents(events) {
    send({ kind: 'events', events });
    if (!state.paused) reader.soon();
  }

  /** @param {boolean} paused */
  function setPaused(paused) {
    const path = location.pathname + location.search;
    history.replaceState(null, '', paused ? withParameter(path, 'paused', '1') : filterless(path, 'paused'));
    send({ kind: 'paused', paused });
    if (!paused) reader.now();
  }

  const context = {
    screen,
    model: () => state.model,
    shell: () => state.shell,
    now,
    teller,
    refresh: () => reader.now(),
    togglePause: () => setPaused(!state.paused),
    showNew: () => {
      send({ kind: 'shown' });
      reader.now();
    },
  };
  mountActions(context);
  mountForms(context);
  mountDisplay();
  mountPoolMap();
  if (screen === 'simulate') void import('./components/plan.js').then(({ mountPlan }) => mountPlan());
  mountKeyboard(context);
  if (isErrorPage) return;

  let hiddenAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let hiding;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding);
    if (document.hidden) {
      hiddenAt = Date.now();
      hiding = setTimeout(() => {
        stream.close();
        send({ kind: 'phase', phase: 'hidden' });
      }, hideAfterMs);
      return;
    }
    if (state.phase !== 'hidden') return;
    if (Date.now() - hiddenAt > longAwayMs) stream.restart(state.shell.seq);
    reader.now();
    follow();
  });

  setInterval(() => {
    if (document.hidden || state.paused) return;
    draw();
    if (isRunning(state.model)) reader.soon();
  }, 1_000);
  drawNow();
  follow();
  if (!isFollowing) {
    let restMs = pollEveryMs;
    setInterval(() => {
      restMs -= movingEveryMs;
      if (document.hidden || state.paused || (restMs > 0 && !isMoving(state.model))) return;
      restMs = pollEveryMs;
      reader.soon();
    }, movingEveryMs);
  }

  function follow() {
    if (isFollowing) stream.open();
  }
}

/** @param {string} screen @param {import('./model/state.js').Model} model @param {number} since @param {boolean} seesAll */
function streamUrl(screen, model, since, seesAll) {
  const params = new URLSearchParams({ ...(seesAll && { snapshot: '1', state: 'stats,pools' }), batch: '250', since: String(since) });
  const task = /** @type {{ id?: string } | undefined} */ (model['task']);
  if (screen === 'task' && task?.id) params.set('task', task.id);
  if (model['tab'] === 'output') {
    params.set('output', '1');
    params.set('part', String(model['part'] ?? 0));
  }
  return `/api/v1/events?${params}`;
}

/** @param {string} name @param {(element: Element) => void} use */
function region(name, use) {
  const element = document.querySelector(`[data-live="${name}"]`);
  if (element) use(element);
}

/** Someone points at or works in this list. @param {string} name */
function isOccupied(name) {
  return document.querySelector(`[data-live="${name}"] :is(tbody:hover, tbody :focus)`) !== null;
}

/**
 * Reads the page's model anew: at once, or soon and not more often than once a second.
 * @param {{ isReading: () => boolean, onPage: (page: { shell: import('./model/state.js').State['shell'], model: import('./model/state.js').Model }, hold: boolean) => void }} options
 */
function createReader({ isReading, onPage }) {
  let lastAt = 0;
  let isBusy = false;
  let again = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {boolean} hold */
  async function read(hold) {
    clearTimeout(timer);
    timer = undefined;
    if (isBusy) {
      again = true;
      return;
    }
    isBusy = true;
    lastAt = Date.now();
    const page = await readPage();
    isBusy = false;
    if (page) onPage(page, hold && isReading());
    if (again) {
      again = false;
      soon();
    }
  }

  function soon() {
    if (timer !== undefined) return;
    timer = setTimeout(() => void read(true), Math.max(0, lastAt + readEveryMs - Date.now()));
  }

  return { soon, now: () => read(false) };
}
