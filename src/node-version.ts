/**
 * What is wrong with the Node that runs this, or `undefined`. An entry asks before it imports anything else: an older Node would die on a
 * dependency with a message that helps nobody. This file imports nothing for the same reason.
 */
export function unfitNode(): string | undefined {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  // Dependencies require() ES modules, which Node does unasked from 20.19 and 22.12 on, and never in 21. start.sh knows the same rule.
  const isNewEnough = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 23;
  if (isNewEnough) return undefined;
  const needed = major === 21 || major === 22 ? '22.12' : '20.19';
  return `Node.js ${needed} or newer is needed, this is ${process.version} (${process.execPath}).`;
}
