import { setTimeout as sleep } from 'node:timers/promises';
import { type HandlerDefinition, InputError } from '../handler.ts';
import { numberInput } from './input.ts';

const refusal = 'Payload must be a number representing seconds to wait.';
const longestS = 3_600;

/** Waits on a timer, so thousands share one thread and none of them costs anything while it waits. */
export const wait: HandlerDefinition = {
  description: 'Waits for so many seconds, 0-3600.',
  shared: true,
  async handler(input, { signal }) {
    const seconds = numberInput(input, refusal);
    if (seconds < 0 || seconds > longestS) throw new InputError(`Payload must be 0-${longestS} seconds.`);
    await sleep(seconds * 1_000, undefined, { signal });
    return `Waited for ${pythonFloat(seconds)} seconds`;
  },
};

/** How Python prints a float of 0-3600: the shortest text that reads back the same, `.0` on whole numbers, an exponent below 1e-4. */
function pythonFloat(value: number): string {
  if (Number.isInteger(value)) return value.toFixed(1);
  if (value >= 1e-4) return String(value);
  return value.toExponential().replace(/e-(\d)$/, 'e-0$1');
}
