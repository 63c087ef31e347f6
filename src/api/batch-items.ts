import { type FieldError, TaskRouterError } from '../core/domain/errors.ts';
import type { BatchInput } from '../core/engine/engine.ts';
import { idempotencyOf } from './idempotency.ts';
import { checkValue } from './json-limits.ts';
import { parseTask } from './parse-task.ts';
import type { Validator } from './plugins/validation.ts';
import type { BatchTaskBody } from './schemas/task.ts';
import { fieldOf } from './several.ts';
import { fieldErrors, notYetTold } from './validation-errors.ts';

/** One item of a batch: ready for the engine, or refused by itself. */
export type ParsedItem = BatchInput | { readonly error: TaskRouterError };

/** An NDJSON line that is no JSON, kept in its place so that the others keep theirs. */
export class BrokenLine {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

interface ItemOptions {
  readonly files?: string | undefined;
  readonly alsoWrong?: (item: unknown) => readonly FieldError[];
}

/**
 * Checks and translates an item as `POST /tasks` would its body.
 * @param key the batch's Idempotency-Key: item i gets `key/i` unless it has its own
 * @param files digest of what comes with it, for which its key is good too
 * @param alsoWrong with an item that does not fit: the names in it that nobody has
 */
export function parseItem(
  item: unknown,
  index: number,
  isTask: Validator,
  key: string | undefined,
  { files, alsoWrong = () => [] }: ItemOptions = {},
): ParsedItem {
  try {
    if (item instanceof BrokenLine) throw new TaskRouterError('malformed_json', item.reason);
    checkValue(item);
    if (!isTask(item)) {
      const errors = fieldErrors(isTask.errors ?? [], '/body');
      throw invalid([...errors, ...notYetTold(alsoWrong(item), errors)]);
    }
    const { idempotency_key: own, ...content } = item as BatchTaskBody;
    const { ref, ...body } = content;
    const input = { ...parseTask(body), place: index, ...(ref === undefined ? {} : { ref }) };
    const itemKey = own ?? (key === undefined ? undefined : `${key}/${index}`);
    return itemKey === undefined
      ? input
      : { ...input, idempotency: idempotencyOf(itemKey, files === undefined ? content : { ...content, files }) };
  } catch (error) {
    if (error instanceof TaskRouterError) return { error };
    throw error;
  }
}

function invalid(errors: readonly FieldError[]): TaskRouterError {
  const [first] = errors;
  const field = first === undefined || first.path === '/body' ? 'the item' : fieldOf(first.path);
  return new TaskRouterError('validation_failed', `${field} ${first?.message ?? 'does not fit'}.`, { errors });
}

/** @throws TaskRouterError `validation_failed` with the paths of every refused item, when there is one. */
export function refuseAll(items: readonly ParsedItem[]): void {
  const errors = items.flatMap((item, index) => ('error' in item ? pathsOf(item.error, index) : []));
  if (errors.length === 0) return;
  const message = `Nothing was accepted: ${errors.length} problems in an atomic batch, the first at ${errors[0]?.path}.`;
  throw new TaskRouterError('validation_failed', message, { errors });
}

function pathsOf(error: TaskRouterError, index: number): FieldError[] {
  if (error.errors.length === 0) return [{ path: `/body/${index}`, message: error.message }];
  return error.errors.map(({ path, message }) => ({ path: path.replace('/body', `/body/${index}`), message }));
}
