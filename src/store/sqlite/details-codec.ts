import { type CoreInputs, decodeInputs, encodeInputs } from '../../core/domain/core-inputs.ts';
import type { EventType } from '../../core/domain/events.ts';
import type { Json, JsonObject } from '../../core/domain/json.ts';
import type { EpochMs } from '../../core/domain/units.ts';
import type { Symbols } from './symbols.ts';
import { decodeWhy, encodeWhy } from './why-codec.ts';

/**
 * How the `details` of a log row are stored. The frequent kinds have a layout: a JSON array of the values in a fixed order, names as
 * symbol numbers, times as epoch ms, and whatever else there is as one object at the end. So a `scheduled` row says
 * `[3,1,2,0.5,1,1,[...]]` and not 400 characters, where the array at the end is its `why`; the node that runs it, if it says one, comes
 * after. Details that do not fit their layout are stored as the plain object they are; none as NULL.
 * What a core was told stands behind these, and in rows of its own: it is no part of the details, and `decodeWithInputs` reads it.
 * A released layout only grows by new event types: rows of old files must read the same.
 */
type Kind = 'json' | 'name' | 'time';
type Layout = readonly (readonly [key: string, kind: Kind])[];

const attempt = [
  ['attempt', 'json'],
  ['duration_ms', 'json'],
] as const satisfies Layout;
const error = [
  ['code', 'json'],
  ['message', 'json'],
] as const satisfies Layout;

/** Kinds of rows that may carry inputs, and under what where they have no layout. */
const carriers: readonly EventType[] = ['scheduled', 'inputs_noted'];
const inputsKey = 'inputs';
/** Behind the layout: what else there is, and the node. */
const behindRest = 2;

const layouts: { readonly [Type in EventType]?: Layout } = {
  created: [
    ['priority', 'json'],
    ['region', 'name'],
  ],
  scheduled: [
    ['worker_pool', 'name'],
    ['algorithm', 'name'],
    ['region', 'name'],
    ['cost_per_unit', 'json'],
    ['attempt', 'json'],
    ['epoch', 'json'],
  ],
  leased: [
    ['node', 'name'],
    ['attempt', 'json'],
  ],
  retried: [...attempt, ...error, ['due_at', 'time']],
  lost: [...attempt, ...error, ['due_at', 'time']],
  released: attempt,
  completed: [...attempt, ['actual_cost', 'json']],
};

export function encodeDetails(type: EventType, details: JsonObject, symbols: Symbols, inputs?: CoreInputs): string | null {
  const layout = layouts[type];
  let keys = 0;
  for (const _key in details) keys++;
  if (keys === 0 && inputs === undefined) return null;
  if (layout === undefined || keys < layout.length) return encodePlain(details, inputs);

  let text = '[';
  for (const [key, kind] of layout) {
    const value = encodeValue(details[key], kind, symbols);
    if (value === undefined) return encodePlain(details, inputs);
    text += text.length === 1 ? value : `,${value}`;
  }
  const behind = keys > layout.length ? encodeRest(details, keys, layout, symbols) : [];
  for (const value of behind) text += `,${value}`;
  if (inputs === undefined) return `${text}]`;
  return `${text}${',null'.repeat(behindRest - behind.length)},${JSON.stringify(encodeInputs(inputs))}]`;
}

function encodePlain(details: JsonObject, inputs: CoreInputs | undefined): string {
  return JSON.stringify(inputs === undefined ? details : { ...details, [inputsKey]: encodeInputs(inputs) });
}

/** An array is always a `why`, alone or with a node after it. */
function encodeRest(details: JsonObject, keys: number, layout: Layout, symbols: Symbols): readonly (string | number)[] {
  const { why, node } = details;
  const hasNode = keys === layout.length + 2 && typeof node === 'string';
  const encoded = hasNode || keys === layout.length + 1 ? encodeWhy(why, symbols) : undefined;
  if (encoded === undefined) return [JSON.stringify(without(details, layout))];
  return hasNode ? [encoded, symbols.codeOf(node)] : [encoded];
}

export function decodeDetails(type: EventType, text: string | null, symbols: Symbols): JsonObject {
  if (text === null) return {};
  const stored = JSON.parse(text) as Json[] | JsonObject;
  return detailsIn(type, stored, symbols);
}

/** The same with what was noted beside them. */
export function decodeWithInputs(type: EventType, text: string | null, symbols: Symbols): { details: JsonObject; inputs?: CoreInputs } {
  if (text === null) return { details: {} };
  const stored = JSON.parse(text) as Json[] | JsonObject;
  const inputs = decodeInputs(
    Array.isArray(stored) ? stored[(layouts[type]?.length ?? 0) + behindRest] : (stored as JsonObject)[inputsKey],
  );
  return { details: detailsIn(type, stored, symbols), ...(inputs === undefined ? {} : { inputs }) };
}

function detailsIn(type: EventType, stored: Json[] | JsonObject, symbols: Symbols): JsonObject {
  if (!Array.isArray(stored)) return carriers.includes(type) ? withoutInputs(stored as JsonObject) : (stored as JsonObject);
  const layout = layouts[type];
  if (layout === undefined) throw new Error(`the database holds details without a layout: ${type}`);
  const details: Record<string, Json> = {};
  let at = 0;
  for (const [key, kind] of layout) details[key] = decodeValue(stored[at++] ?? null, kind, symbols);
  const [rest, node] = [stored[at], stored[at + 1]];
  if (node !== undefined && node !== null) details['node'] = decodeValue(node, 'name', symbols);
  if (Array.isArray(rest)) details['why'] = decodeWhy(rest, symbols);
  else if (rest !== undefined && rest !== null) Object.assign(details, rest);
  return details;
}

function withoutInputs(stored: JsonObject): JsonObject {
  const { [inputsKey]: _inputs, ...details } = stored;
  return details;
}

/** `undefined`: it does not fit the kind. */
function encodeValue(value: Json | undefined, kind: Kind, symbols: Symbols): string | number | undefined {
  if (typeof value === 'number') return kind === 'json' && Number.isFinite(value) ? value : undefined;
  if (value === null) return 'null';
  if (value === undefined) return undefined;
  if (kind === 'json') return JSON.stringify(value);
  if (typeof value !== 'string') return undefined;
  return kind === 'name' ? symbols.codeOf(value) : parseTime(value);
}

function decodeValue(value: Json, kind: Kind, symbols: Symbols): Json {
  if (value === null || kind === 'json') return value;
  return kind === 'name' ? symbols.nameOf(value as number) : new Date(value as EpochMs).toISOString();
}

/** Only what reads back as the same text. */
function parseTime(text: string): EpochMs | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) || new Date(at).toISOString() !== text ? undefined : at;
}

function without(details: JsonObject, layout: Layout): JsonObject {
  const rest: Record<string, Json> = { ...details };
  for (const [key] of layout) delete rest[key];
  return rest;
}
