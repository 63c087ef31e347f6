import { TaskRouterError } from '../core/domain/errors.ts';

export const maxDepth = 32;
export const maxKeys = 1_000;

/**
 * Parses JSON and refuses what is legal JSON and yet a weapon: nesting that overflows the stack of whoever walks it next, keys that reach a
 * prototype, numbers that silently become Infinity. One walk over the parsed value; a flat object costs one loop.
 * @throws TaskRouterError `malformed_json`
 */
export function parseJson(text: string): unknown {
  const value = parsed(text);
  checkValue(value);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(text.trim() === '' ? 'The body is empty; send a JSON document.' : `The body is not JSON: ${(error as Error).message}.`);
  }
}

/** The same, with depth and keys counted for each item of the lists in it: a report of many results is not one deep document. */
export function parseItems(text: string): unknown {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) {
    if (Array.isArray(part)) part.forEach(checkValue);
    else checkValue(part);
  }
  return value;
}

/** @throws TaskRouterError `malformed_json` */
export function checkValue(value: unknown): void {
  if (typeof value === 'object' && value !== null) walk(value, 1, { keys: 0 });
  else if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) throw tooLarge();
}

function walk(container: object, depth: number, seen: { keys: number }): void {
  if (depth > maxDepth) throw malformed(`The body is nested more than ${maxDepth} levels deep.`);
  if (Array.isArray(container)) {
    for (let i = 0; i < container.length; i++) visit(container[i], depth, seen);
    return;
  }
  for (const key in container) {
    if (++seen.keys > maxKeys) throw malformed(`The body has more than ${maxKeys} keys.`);
    if (key === '__proto__' || key === 'constructor') refuseKey(key, container);
    visit((container as Record<string, unknown>)[key], depth, seen);
  }
}

function visit(value: unknown, depth: number, seen: { keys: number }): void {
  if (typeof value === 'object') {
    if (value !== null) walk(value, depth + 1, seen);
  } else if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) throw tooLarge();
}

/** `constructor` is a word like any other unless it leads on to a prototype. */
function refuseKey(key: string, container: object): void {
  const value = (container as Record<string, unknown>)[key];
  const reachesPrototype = key === '__proto__' || (typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype'));
  if (reachesPrototype) throw malformed(`The body has the forbidden key ${key === '__proto__' ? key : 'constructor.prototype'}.`);
}

function tooLarge(): TaskRouterError {
  return malformed('The body has a number too large for a double.');
}

function malformed(message: string): TaskRouterError {
  return new TaskRouterError('malformed_json', message, { errors: [{ path: '/body', message }] });
}
