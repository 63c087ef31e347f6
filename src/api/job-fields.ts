import type { ArchiveKind } from '../core/ports/bundle-files.ts';
import { parseJson } from './json-limits.ts';
import { refused } from './refused.ts';
import type { TObject } from './schemas/type.ts';

/** Fields as they come in a form: text by nature, JSON by meaning. */
export interface FieldReader {
  /** @throws TaskRouterError `validation_failed`, `malformed_json` */
  add(name: string, value: unknown, isCut: boolean): void;
  /** All that was said, to be checked as any task is. */
  body(): Record<string, unknown>;
}

/**
 * @param schema of all fields together; those of a task may also come as one, called `task`
 * @param texts fields whose text is their value, also where it looks like JSON
 */
export function createFieldReader(schema: TObject, texts: readonly string[]): FieldReader {
  const known: ReadonlySet<string> = new Set(Object.keys(schema.properties));
  const fields = new Map<string, unknown>();

  function set(name: string, value: unknown): void {
    const path = `/body/${name.slice(0, 100)}`;
    if (!known.has(name)) throw refused({ path, message: `is no field here; files need a file name. Fields: ${[...known].join(', ')}` });
    if (fields.has(name)) throw refused({ path, message: 'is there twice' });
    fields.set(name, value);
  }

  return {
    add(name, value, isCut) {
      if (isCut) throw refused({ path: `/body/${name.slice(0, 100)}`, message: 'must be at most 1 MiB' });
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      if (name !== 'task') return set(name, texts.includes(name) ? text : jsonOr(text));
      const all = parseJson(text);
      if (typeof all !== 'object' || all === null || Array.isArray(all))
        throw refused({ path: '/body/task', message: 'must be a JSON object' });
      for (const [key, item] of Object.entries(all)) set(key, item);
    },
    body: () => Object.fromEntries(fields),
  };
}

/** What is no JSON is text, as a person types it: `payload=hello`. */
function jsonOr(text: string): unknown {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return parseJson(text);
}

/** @throws TaskRouterError `validation_failed` */
export function archiveOf(name: string | undefined): ArchiveKind {
  const lower = (name ?? '').toLowerCase();
  if (lower.endsWith('.zip')) return 'zip';
  if (lower.endsWith('.tar.gz') || lower.endsWith('.tgz')) return 'tar.gz';
  throw refused({ path: '/body/bundle', message: 'must be an archive: a name that ends in .zip, .tar.gz or .tgz' });
}
