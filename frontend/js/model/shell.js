/**
 * One word of a POSIX shell, whatever the text is: for commands that are shown to be copied.
 * @param {string} text
 */
export function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
