import { createHash } from 'node:crypto';
import type { HandlerDefinition } from '../handler.ts';
import { textInput } from './input.ts';

export const hash: HandlerDefinition = {
  description: 'SHA-256 of the UTF-8 bytes of a text, in lower-case hexadecimal.',
  shared: false,
  handler: (input) => createHash('sha256').update(textInput(input, 'Payload must be a string.'), 'utf8').digest('hex'),
};
