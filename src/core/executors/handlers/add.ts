import { type HandlerDefinition, InputError } from '../handler.ts';
import { finiteOrRefuse, numberInput } from './input.ts';

const refusal = 'Missing params: a and b are required.';

export const add: HandlerDefinition = {
  description: 'Adds the numbers a and b of its payload.',
  shared: false,
  handler(input) {
    if (typeof input !== 'object' || input === null || !('a' in input) || !('b' in input)) throw new InputError(refusal);
    return finiteOrRefuse(numberInput(input['a'], refusal) + numberInput(input['b'], refusal));
  },
};
