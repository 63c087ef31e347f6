import type { Json } from '../../domain/json.ts';
import { type HandlerDefinition, InputError } from '../handler.ts';
import { finiteOrRefuse, numberInput } from './input.ts';

export const sum: HandlerDefinition = {
  description: 'Sum of a list of numbers, or of a text of numbers with commas between them.',
  shared: false,
  handler: (input) => finiteOrRefuse(compensatedSum(termsOf(input))),
};

const refusal = 'Invalid payload format. Expected a list of numbers or a comma-separated string of numbers.';

function termsOf(input: Json): number[] {
  if (typeof input === 'string') return input.trim() === '' ? [] : input.split(',').map((term) => numberInput(term, refusal));
  if (!Array.isArray(input)) throw new InputError(refusal);
  return input.map((term: Json) => {
    if (typeof term !== 'number') throw new InputError(refusal);
    return numberInput(term, refusal);
  });
}

/**
 * Neumaier's sum, which carries what each addition rounds away: 0.1 + 0.2 + 0.3 is 0.6. `sum()` of Python does the same from 3.12 on.
 * @see https://docs.python.org/3/library/functions.html#sum
 */
function compensatedSum(terms: readonly number[]): number {
  let total = 0;
  let lost = 0;
  for (const term of terms) {
    const next = total + term;
    lost += Math.abs(total) >= Math.abs(term) ? total - next + term : term - next + total;
    total = next;
  }
  return Number.isFinite(lost) ? total + lost : total;
}
