import { InvalidArgumentError } from 'commander';

/** Reads the value of a flag that is a number of seconds. @param most Infinity: as many as one likes @param hint what else may have been meant */
export function secondsUpTo(most: number, hint = ''): (text: string) => number {
  return (text) => {
    const seconds = Number(text);
    if (text.trim() !== '' && seconds >= 0 && seconds <= most) return seconds;
    const range = most === Number.POSITIVE_INFINITY ? 'at least 0' : `0-${most}`;
    throw new InvalidArgumentError(`It must be a number of seconds, ${range}.${hint}`);
  };
}
