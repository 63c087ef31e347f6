/** Names of pools, types and regions. */
export const namePattern = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';

/** The same in words. */
export const nameRule = 'text of 1 to 64 letters, digits or ._- that begins with a letter or digit';

const name = new RegExp(namePattern);

export function isName(text: string): boolean {
  return name.test(text);
}
