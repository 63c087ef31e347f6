import type { JsonObject } from '../../domain/json.ts';

/** The details of a log row, read as what they should be. */
export function fieldsOf(details: JsonObject) {
  return {
    /** Empty where it is missing. */
    text: (key: string): string => {
      const value = details[key];
      return typeof value === 'string' ? value : '';
    },
    number: (key: string): number | null => {
      const value = details[key];
      return typeof value === 'number' ? value : null;
    },
  };
}
