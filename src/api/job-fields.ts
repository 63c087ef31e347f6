import type { FieldError } from '../core/domain/errors.ts';
import type { ArchiveKind } from '../core/ports/bundle-files.ts';
import { parseJson } from './json-limits.ts';
import type { Validator } from './plugins/validation.ts';
import { refused } from './refused.ts';
import type { TObject } from './schemas/type.ts';
import { fieldErrors, validationError } from './validation-errors.ts';

/** Fields as they come in a form: text by nature, JSON by meaning. */
export interface FieldReader {
  /** @throws TaskRouterError `malformed_json` */
  add(name: string, value: unknown, isCut: boolean): void;
  /** Before a file is read, which may be long. @throws TaskRouterError `validation_failed`: all that is wrong so far */
  check(): void;
  /** All that was said, by the schema of a body. @throws TaskRouterError `validation_failed`: all that is wrong with any of them */
  checked<T>(isFit: Validator): T;
}

/**
 * @param schema of all fields together; those of a task may also come as one, called `task`
 * @param texts fields whose text is their value, also where it looks like JSON
 */
export function createFieldReader(schema: TObject, texts: readonly string[]): FieldReader {
  const known: ReadonlySet<string> = new Set(Object.keys(schema.properties));
  const fields = new Map<string, unknown>();
  const wrong: FieldError[] = [];

  function set(name: string, value: unknown): void {
    const message = !known.has(name)
      ? `is no field here; files need a file name. Fields: ${[...known].join(', ')}`
      : fields.has(name)
        ? 'is there twice'
        : undefined;
    if (message === undefined) fields.set(name, value);
    else wrong.push({ path: asPath(name), message });
  }

  function check(): void {
    const [first, ...more] = wrong;
    if (first !== undefined) throw refused(first, ...more);
  }

  return {
    add(name, value, isCut) {
      if (isCut) {
        wrong.push({ path: asPath(name), message: 'must be at most 1 MiB' });
        return;
      }
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      if (name !== 'task') return set(name, texts.includes(name) ? text : jsonOr(text));
      const all = parseJson(text);
      if (typeof all !== 'object' || all === null || Array.isArray(all))
        wrong.push({ path: '/body/task', message: 'must be a JSON object' });
      else for (const [key, item] of Object.entries(all)) set(key, item);
    },
    check,
    checked<T>(isFit: Validator): T {
      const body = Object.fromEntries(fields);
      const failures = isFit(body) ? [] : (isFit.errors ?? []);
      if (failures.length > 0 && wrong.length === 0) throw validationError(failures, 'body');
      const told = new Set(wrong.map(({ path }) => path));
      wrong.push(...fieldErrors(failures, '/body').filter(({ path }) => !told.has(path)));
      check();
      return body as T; // just checked
    },
  };
}

function asPath(name: string): string {
  return `/body/${name.slice(0, 100)}`;
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
