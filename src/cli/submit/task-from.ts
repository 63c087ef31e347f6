import { readFileSync } from 'node:fs';
import { usageError } from '../cli-error.ts';

/** Flags that say what the task is. */
export interface TaskFlags {
  readonly file?: string;
  readonly text?: boolean;
  readonly tenant?: string;
  readonly priority?: string;
  readonly cost?: string;
  readonly region?: string;
  readonly resourceType?: string;
  readonly constraints?: string;
  readonly slots?: string;
  readonly parts?: string;
  readonly estimateMs?: string;
  readonly timeoutMs?: string;
  readonly maxAttempts?: string;
  readonly maxCost?: string;
  readonly runAt?: string;
  readonly deadline?: string;
  readonly metadata?: string;
  readonly onParentFailure?: string;
}

/** The body of the request. What the fields may be is the server's to say: here only what JSON cannot express is refused. */
export function taskFrom(type: string | undefined, payload: string | undefined, flags: TaskFlags): object {
  if (flags.text && payload === undefined) throw usageError('--text says what a payload is: name one');
  const fields = {
    type,
    payload: payload === undefined ? undefined : payloadOf(payload, flags.text === true),
    tenant: flags.tenant,
    priority: numberOf('--priority', flags.priority),
    cost: numberOf('--cost', flags.cost),
    region: flags.region,
    resource_type: flags.resourceType,
    constraints: flags.constraints,
    slots: numberOf('--slots', flags.slots),
    parts: numberOf('--parts', flags.parts),
    estimate_ms: numberOf('--estimate-ms', flags.estimateMs),
    timeout_ms: numberOf('--timeout-ms', flags.timeoutMs),
    max_attempts: numberOf('--max-attempts', flags.maxAttempts),
    max_cost: numberOf('--max-cost', flags.maxCost),
    run_at: flags.runAt,
    deadline: flags.deadline,
    on_parent_failure: flags.onParentFailure,
    metadata: flags.metadata === undefined ? undefined : jsonOf('--metadata', flags.metadata),
  };
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const task = { ...(flags.file === undefined ? {} : fileOf(flags.file)), ...given };
  if (!('type' in task)) throw usageError('which type of task? Name it first, as in: trx submit hash hello. trx types lists them.');
  return task;
}

function payloadOf(payload: string, isText: boolean): unknown {
  const path = payload.startsWith('@') ? payload.slice(1) : undefined;
  const text = path === undefined ? payload : read(path);
  return isText ? text : jsonOrText(text, path ?? 'the payload');
}

/** What begins like a list or an object was meant as one: sent as text it would only fail later, and elsewhere. */
function jsonOrText(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/^\s*[[{]/.test(text)) return text;
    throw usageError(`${where} begins like JSON and is none: ${(error as Error).message}. To send it as text, say --text`);
  }
}

function fileOf(path: string): object {
  const value = jsonOf(path, read(path));
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw usageError(`${path} holds no JSON object`);
  return value;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw usageError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw usageError(`${flag} must be a number, not "${text}"`);
  return value;
}

function jsonOf(where: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usageError(`${where} is no JSON: ${(error as Error).message}`);
  }
}
