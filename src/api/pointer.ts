/** @returns the name that a step of a JSON Pointer stands for */
export function nameIn(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** What a path lies in, from the innermost to the outermost: of `/body/regions/0` that is `/body/regions` and `/body`. */
export function* outerOf(path: string): Generator<string> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) yield path.slice(0, end);
}

/** A name as a step of a JSON Pointer. @see https://www.rfc-editor.org/rfc/rfc6901 */
export function asPointer(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100)}`;
}
