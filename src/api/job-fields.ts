import type { ArchiveKind } from '../core/ports/bundle-files.ts';
import { parseJson } from './json-limits.ts';
import { refused } from './refused.ts';
import { TaskInput } from './schemas/task.ts';

/** Task fields as they come in a form: text by nature, JSON by meaning. */
export interface FieldReader {
  /** @throws TaskRouterError `validation_failed`, `malformed_json` */
  add(name: string, value: unknown, isCut: boolean): void;
  /** All that was said, to be checked as any task is. */
  body(): Record<string, unknown>;
}

/** Fields whose text is their value: `type=5` names a type and is no number. */
const texts = new Set(['type', 'tenant', 'region', 'region_mode', 'resource_type', 'deadline', 'run_at', 'idempotency_key']);
const known: ReadonlySet<string> = new Set(Object.keys(TaskInput.properties));

export function createFieldReader(): FieldReader {
  const fields = new Map<string, unknown>();

  function set(name: string, value: unknown): void {
    const path = `/body/${name.slice(0, 100)}`;
    if (!known.has(name))
      throw refused({ path, message: `is no field of a task; files need a file name. Fields: ${[...known].join(', ')}` });
    if (fields.has(name)) throw refused({ path, message: 'is there twice' });
    fields.set(name, value);
  }

  return {
    add(name, value, isCut) {
      if (isCut) throw refused({ path: `/body/${name.slice(0, 100)}`, message: 'must be at most 1 MiB' });
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      if (name !== 'task') return set(name, texts.has(name) ? text : jsonOr(text));
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
