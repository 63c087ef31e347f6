/** The end of what a bundle prints, as its page shows it: painted by the server, carried on by the pieces that the stream brings. */

/** @typedef {import('./output-wire.js').TailsWire} TailsWire */
/** @typedef {import('./output-wire.js').TailWire} TailWire */

/**
 * A frame named `output`.
 * @typedef {object} Piece
 * @property {number} attempt
 * @property {number} part
 * @property {'stdout' | 'stderr'} stream
 * @property {number} offset where it begins, in bytes
 * @property {string} text
 */

/** Shown of each stream: the rest is a download away. */
export const tailBytes = 65_536;
const tailLines = 500;
/** Of one character that is still on its way when a piece ends. */
const heldBytes = 3;

const encoder = new TextEncoder();
const bytesOf = (/** @type {string} */ text) => encoder.encode(text).length;

/**
 * The last lines of `text`.
 * @param {string} text
 * @param {boolean} isCut it begins within a line
 */
export function tailOf(text, isCut) {
  let from = Math.max(0, text.length - tailBytes);
  if (isCut || from > 0) from = Math.max(from, text.indexOf('\n', from) + 1);
  let at = text.endsWith('\n') ? text.length - 1 : text.length;
  for (let line = 0; line < tailLines && at > from; line++) at = text.lastIndexOf('\n', at - 1);
  return text.slice(Math.max(from, at + 1, 0));
}

/**
 * What is shown when `piece` has come. The stream begins with all there is, and a page that was read meanwhile may have it already.
 * @param {TailsWire | null} output
 * @param {Piece} piece
 * @returns {TailsWire | null} `output` where it is nothing new
 */
export function withPiece(output, { attempt, part, stream, offset, text }) {
  if (output !== null && attempt < output.attempt) return output;
  const known = output?.attempt === attempt ? output : { attempt, part, partial: true, stdout: none, stderr: none };
  const tail = known[stream];
  const end = offset + bytesOf(text);
  if (end <= tail.kept) return output;
  const isNext = offset >= tail.kept && offset - tail.kept <= heldBytes;
  const shown = isNext ? tailOf(tail.text + text, false) : tailOf(text, false);
  return { ...known, [stream]: { text: shown, from: end - bytesOf(shown), kept: end, bytes: Math.max(tail.bytes, end) } };
}

/** @type {TailWire} */
const none = { text: '', from: 0, kept: 0, bytes: 0 };

/**
 * Of two readings of one attempt what each has more of.
 * @param {TailsWire} shown
 * @param {TailsWire} fresh
 * @returns {TailsWire}
 */
export function further(shown, fresh) {
  if (shown.attempt !== fresh.attempt) return fresh;
  const of = (/** @type {TailWire} */ one, /** @type {TailWire} */ other) => (one.kept > other.kept ? one : other);
  return { ...fresh, stdout: of(shown.stdout, fresh.stdout), stderr: of(shown.stderr, fresh.stderr) };
}
