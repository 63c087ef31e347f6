/** Names of pools, types and regions. */
export const namePattern = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';

const name = new RegExp(namePattern);

export function isName(text: string): boolean {
  return name.test(text);
}
