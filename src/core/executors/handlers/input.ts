import type { Json } from '../../domain/json.ts';
import { InputError } from '../handler.ts';

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** @throws InputError with `refusal` unless `input` is a text. */
export function textInput(input: Json, refusal: string): string {
  if (typeof input !== 'string') throw new InputError(refusal);
  return input;
}

/** A finite number, or a text of one with optional blanks around it. @throws InputError with `refusal`. */
export function numberInput(input: Json | undefined, refusal: string): number {
  const value = typeof input === 'string' && decimal.test(input.trim()) ? Number(input) : input;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new InputError(refusal);
  return value;
}

/** @throws InputError when the result is too large to be a JSON number. */
export function finiteOrRefuse(value: number): number {
  if (!Number.isFinite(value)) throw new InputError('The sum is too large for a number.');
  return value;
}
