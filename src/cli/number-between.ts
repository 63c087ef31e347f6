import { InvalidArgumentError } from 'commander';

/** Reads the value of a flag that is a whole number. */
export function numberBetween(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number, ${least}-${most}.`);
  };
}
