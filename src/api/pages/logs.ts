import type { FastifyInstance, FastifyRequest } from 'fastify';
import { logScreen } from '../../../frontend/js/views/log.js';
import type { EventType } from '../../core/domain/events.ts';
import type { Caller, Engine } from '../../core/engine/engine.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { eventTypes, type LogRowBody } from '../schemas/log.ts';
import { logRowView } from '../views/log.ts';
import { originOf, queryOf, viewerOf } from './asked.ts';
import type { Renderer } from './render.ts';
import { type PageDeps, type Screen, screenOf } from './screen.ts';

const rows = 50;
/** A download holds at most so many entries; the file says where it ends. */
const downloadRows = 10_000;
const downloadPage = 1_000;

interface Asked {
  readonly event_type: EventType | '';
  readonly task_id: string;
}

/** `/logs`: everything that was committed, newest first. */
export function logPages(app: FastifyInstance, { engine }: PageDeps, { show }: Renderer): void {
  const schema = { hide: true };

  app.get('/logs', { schema }, (request, reply) => show(request, reply, () => read(engine, request)));

  app.get('/logs/download', { schema }, async (request, reply) => {
    const query = queryOf(request);
    const entries = await collect(engine, askedOf(query), viewerOf(request));
    const isCsv = query.get('format') === 'csv';
    return reply
      .header('content-type', isCsv ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
      .header('content-disposition', `attachment; filename="taskrouterx-log.${isCsv ? 'csv' : 'ndjson'}"`)
      .header('content-security-policy', 'sandbox')
      .send(isCsv ? csv(entries) : entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  });
}

function askedOf(query: URLSearchParams): Asked {
  return {
    event_type: eventTypes.find((type) => type === query.get('event_type')) ?? '',
    task_id: (query.get('task_id') ?? '').trim().toLowerCase(),
  };
}

function filterOf({ event_type: type, task_id: task }: Asked) {
  const which = task === '' ? {} : task === 'system' ? { system: true } : { task };
  return type === '' ? which : { ...which, types: [type] };
}

async function read(engine: Engine, request: FastifyRequest): Promise<Screen> {
  const query = queryOf(request);
  const asked = askedOf(query);
  const filter = filterOf(asked);
  const cursor = query.get('cursor');
  const before = cursor === null || cursor === '' ? undefined : decodeCursor(cursor, filter).key;
  const page = await engine.log({ ...filter, limit: rows, ...(before === undefined ? {} : { before }) }, viewerOf(request));
  const oldest = page.entries.at(-1)?.seq;
  return screenOf('logs', 'Live log', logScreen, {
    entries: page.entries.map(logRowView),
    total: page.total,
    totalIsCapped: page.totalIsCapped,
    filter: asked,
    nextCursor: page.hasOlder && oldest !== undefined ? encodeCursor({ direction: 'older', key: oldest }, filter) : null,
    isFirstPage: before === undefined,
    eventTypes,
    origin: originOf(request),
  });
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
