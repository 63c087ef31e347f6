/** Reads a `text/event-stream` piece by piece. @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */

/**
 * @typedef {object} Frame
 * @property {string} event `message` when the frame names none
 * @property {string} data
 * @property {string | undefined} id
 */

/**
 * @param {(frame: Frame) => void} onFrame also called for a frame that only moves the id
 * @returns {(chunk: string) => void} takes text as it comes, cut anywhere
 */
export function createSseReader(onFrame) {
  let rest = '';
  let event = '';
  let data = /** @type {string[]} */ ([]);
  let id = /** @type {string | undefined} */ (undefined);

  /** @param {string} line */
  function take(line) {
    if (line === '') {
      if (data.length > 0 || id !== undefined) onFrame({ event: event || 'message', data: data.join('\n'), id });
      event = '';
      data = [];
      id = undefined;
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id' && !value.includes('\0')) id = value;
  }

  return (chunk) => {
    // A carriage return at the very end may be half of a line end: it waits for the next piece.
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  };
}
