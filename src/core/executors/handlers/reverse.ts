import type { HandlerDefinition } from '../handler.ts';
import { textInput } from './input.ts';

/** By code points, as Python does: a flag of two letters turns round, an emoji stays whole. */
export const reverse: HandlerDefinition = {
  description: 'Reverses a text by Unicode code points.',
  shared: false,
  handler: (input) => Array.from(textInput(input, 'Payload must be a string.')).reverse().join(''),
};
