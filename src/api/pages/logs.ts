import type { FastifyInstance, FastifyRequest } from 'fastify';
import { logScreen } from '../../../frontend/js/views/log.js';
import type { FieldError } from '../../core/domain/errors.ts';
import type { EventType } from '../../core/domain/events.ts';
import type { Caller, Engine } from '../../core/engine/engine.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { refuseAny } from '../refused.ts';
import { Strict, StringEnum } from '../schemas/common.ts';
import { LogListQuery } from '../schemas/lists.ts';
import { eventTypes, type LogRowBody } from '../schemas/log.ts';
import { pageQuery } from '../schemas/paging.ts';
import { type Static, Type } from '../schemas/type.ts';
import { logRowView } from '../views/log.ts';
import { anyPage, readAddress } from './address.ts';
import { originOf, queryOf, viewerOf } from './asked.ts';
import type { Renderer } from './render.ts';
import { type PageDeps, type Screen, screenOf } from './screen.ts';
import { attempt } from './validate.ts';

const rows = 50;
/** A download holds at most so many entries; the file says where it ends. */
const downloadRows = 10_000;
const downloadPage = 1_000;

const LogAddress = Strict({
  event_type: LogListQuery.properties.event_type,
  task_id: LogListQuery.properties.task_id,
  cursor: pageQuery.cursor,
  ...anyPage,
});
const DownloadAddress = Strict({
  event_type: LogListQuery.properties.event_type,
  task_id: LogListQuery.properties.task_id,
  format: Type.Optional(StringEnum(['ndjson', 'csv'])),
});

interface Asked {
  readonly event_type: EventType | '';
  readonly task_id: string;
}

/** `/logs`: everything that was committed, newest first. */
export function logPages(app: FastifyInstance, { engine }: PageDeps, { show }: Renderer): void {
  const schema = { hide: true };

  app.get('/logs', { schema }, (request, reply) => show(request, reply, () => read(engine, request)));

  app.get('/logs/download', { schema }, async (request, reply) => {
    const { given, errors } = readAddress(request, DownloadAddress, { isStrict: true });
    refuseAny(errors);
    const entries = await collect(engine, askedOf(given), viewerOf(request));
    const isCsv = given.format === 'csv';
    return reply
      .header('content-type', isCsv ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
      .header('content-disposition', `attachment; filename="taskrouterx-log.${isCsv ? 'csv' : 'ndjson'}"`)
      .header('content-security-policy', 'sandbox')
      .send(isCsv ? csv(entries) : entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  });
}

function askedOf({ event_type = '', task_id = '' }: Partial<Asked>): Asked {
  return { event_type, task_id: task_id.toLowerCase() };
}

function filterOf({ event_type: type, task_id: task }: Asked) {
  const which = task === '' ? {} : task === 'system' ? { system: true } : { task };
  return type === '' ? which : { ...which, types: [type] };
}

async function read(engine: Engine, request: FastifyRequest): Promise<Screen> {
  const { given, errors } = readAddress(request, LogAddress);
  const found = await attempt(request, () => pageOf(engine, request, given, errors));
  const model = { filter: shownOf(queryOf(request)), eventTypes, origin: originOf(request) };
  if ('value' in found) return screenOf('logs', 'Live log', logScreen, { ...model, ...found.value });
  const nothing = { entries: [], total: 0, totalIsCapped: false, nextCursor: null, isFirstPage: false };
  return screenOf('logs', 'Live log', logScreen, { ...model, ...nothing, problem: found.problem }, found.problem.status);
}

/** As it was typed: what cannot be stays in the form, to be mended. */
function shownOf(query: URLSearchParams) {
  return { event_type: (query.get('event_type') ?? '').trim(), task_id: (query.get('task_id') ?? '').trim() };
}

/** @throws TaskRouterError what is wrong with the address */
async function pageOf(engine: Engine, request: FastifyRequest, given: Partial<Static<typeof LogAddress>>, errors: readonly FieldError[]) {
  refuseAny(errors);
  const filter = filterOf(askedOf(given));
  const before = given.cursor === undefined ? undefined : decodeCursor(given.cursor, filter).key;
  const page = await engine.log({ ...filter, limit: rows, ...(before === undefined ? {} : { before }) }, viewerOf(request));
  const oldest = page.entries.at(-1)?.seq;
  return {
    entries: page.entries.map(logRowView),
    total: page.total,
    totalIsCapped: page.totalIsCapped,
    nextCursor: page.hasOlder && oldest !== undefined ? encodeCursor({ direction: 'older', key: oldest }, filter) : null,
    isFirstPage: before === undefined,
  };
}

async function collect(engine: Engine, asked: Asked, viewer: Caller): Promise<readonly LogRowBody[]> {
  const found: LogRowBody[] = [];
  let before: number | undefined;
  while (found.length < downloadRows) {
    const page = await engine.log({ ...filterOf(asked), limit: downloadPage, ...(before === undefined ? {} : { before }) }, viewer);
    found.push(...page.entries.map(logRowView));
    before = page.entries.at(-1)?.seq;
    if (!page.hasOlder || before === undefined) break;
  }
  return found;
}

function csv(entries: readonly LogRowBody[]): string {
  const lines = entries.map((entry) =>
    [entry.id, entry.timestamp, entry.event_type, entry.task_id, JSON.stringify(entry.details)].map(cell).join(','),
  );
  return ['id,timestamp,event_type,task_id,details', ...lines].join('\r\n') + '\r\n';
}

/** Spreadsheets run cells that begin like a formula; a quote in front makes them text. @see https://owasp.org/www-community/attacks/CSV_Injection */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
