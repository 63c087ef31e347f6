/**
 * The live stream, over `fetch` and not `EventSource`: that one gives up for good on any status but 200, and hides frames whose name it was
 * not told before.
 */
import { createSseReader } from './model/sse.js';

/** Heartbeats come every 10 s; a connection silent for longer than this is dead. */
const silenceMs = 25_000;
const firstRetryMs = 1_000;
const longestRetryMs = 30_000;
const failuresBeforePolling = 3;

/**
 * @typedef {object} StreamOptions
 * @property {(since: number) => string} urlOf
 * @property {number} since
 * @property {(event: string, data: unknown) => void} onFrame
 * @property {(phase: import('./model/state.js').Phase, retryInS: number) => void} onPhase
 */

/** @param {StreamOptions} options */
export function openStream({ urlOf, since, onFrame, onPhase }) {
  let lastId = since;
  let failures = 0;
  let abort = new AbortController();
  let isClosed = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function connect() {
    clearTimeout(timer);
    abort = new AbortController();
    const { signal } = abort;
    try {
      const response = await fetch(urlOf(lastId), { headers: { accept: 'text/event-stream' }, signal, cache: 'no-store' });
      // The session is over, and the page leads to the sign-in.
      if (response.status === 401) location.reload();
      if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
      failures = 0;
      onPhase('live', 0);
      await read(response.body, signal);
    } catch {
      // Below: an ended stream and a broken one are the same.
    }
    if (!isClosed && abort.signal === signal) retry();
  }

  /** @param {ReadableStream<Uint8Array>} body @param {AbortSignal} signal */
  async function read(body, signal) {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const take = createSseReader((frame) => {
      if (frame.id !== undefined && /^\d+$/.test(frame.id)) lastId = Math.max(lastId, Number(frame.id));
      if (frame.data !== '') onFrame(frame.event, JSON.parse(frame.data));
    });
    for (;;) {
      const silence = setTimeout(() => reader.cancel().catch(() => {}), silenceMs);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done || signal.aborted) return;
      take(decoder.decode(value, { stream: true }));
    }
  }

  function retry() {
    failures++;
    const delay = Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
    countDown(Math.ceil(delay / 1_000));
  }

  /** @param {number} seconds */
  function countDown(seconds) {
    onPhase(failures >= failuresBeforePolling ? 'polling' : 'reconnecting', seconds);
    timer = setTimeout(() => (seconds <= 1 ? void connect() : countDown(seconds - 1)), 1_000);
  }

  return {
    /** @param {number} [from] goes on after this position instead of the last one seen */
    open(from) {
      if (!isClosed) return;
      isClosed = false;
      if (from !== undefined) lastId = Math.max(lastId, from);
      void connect();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      abort.abort();
    },
    /** Starts over from a position that the server named. @param {number} from */
    restart(from) {
      lastId = from;
    },
  };
}
