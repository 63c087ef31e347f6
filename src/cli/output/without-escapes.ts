/** CSI, OSC up to its end, and the short ones. @see ECMA-48, 5.4 and 8.3.89 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const escapes = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-Z\\^-~]/g;
/** The begin of one, at the end of what came so far. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const begun = /(?:(?:\u001b\[|\u009b)[0-?]*[ -/]*|\u001b\][^\u0007\u001b]*\u001b?|\u001b[ -/]*)$/;
/** What goes on longer without an end is text. */
const longest = 1_024;

/** Leaves out what colours text or moves a cursor, of a text that comes in pieces: a sequence may be cut between two. */
export function createEscapeFilter(): (piece: string) => string {
  let held = '';
  return (piece) => {
    const text = (held + piece).replace(escapes, '');
    held = begun.exec(text)?.[0] ?? '';
    if (held.length > longest) held = '';
    return held === '' ? text : text.slice(0, -held.length);
  };
}
