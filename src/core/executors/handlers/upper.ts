import type { HandlerDefinition } from '../handler.ts';
import { textInput } from './input.ts';

export const upper: HandlerDefinition = {
  description: 'Upper case by the full rules of Unicode, of no language in particular.',
  shared: false,
  // No full stop: older clients compare the text.
  handler: (input) => textInput(input, 'Payload must be a string').toUpperCase(),
};
