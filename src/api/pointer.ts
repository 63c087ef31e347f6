/** A name as a step of a JSON Pointer. @see https://www.rfc-editor.org/rfc/rfc6901 */
export function asPointer(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100)}`;
}
