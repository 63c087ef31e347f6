import type { IdGenerator } from '../ports/id-generator.ts';

/**
 * Task ids from any monotonic source of uuid v7.
 * @param generate such as `uuidv7` of the package of that name; it is handed in because core imports no npm package
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export function createIds(generate: () => string): IdGenerator {
  return { taskId: () => generate().toLowerCase() };
}
