import { TraceError } from './trace-error.ts';

/** A record of a CSV file and the line it begins in, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Records of comma-separated values: quoted fields may hold commas, line ends and doubled quotes; lines end with LF or CRLF; blank lines are
 * left out.
 * @param firstLine number of the line that the text begins with
 * @throws TraceError with the line of a quote that is not closed, or that stands inside a field
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function* csvRows(text: string, firstLine = 1): Generator<CsvRow> {
  let at = 0;
  let line = firstLine;
  while (at < text.length) {
    const begin = line;
    const fields: string[] = [];
    for (;;) {
      const field = text[at] === '"' ? quoted(text, at, begin) : plain(text, at, begin);
      fields.push(field.value);
      line += field.lineEnds;
      at = field.end;
      if (text[at] !== ',') break;
      at++;
    }
    if (text[at] === '\r') at++;
    if (at < text.length && text[at] !== '\n') throw new TraceError('a quoted field goes on after its closing quote', line);
    at++;
    line++;
    if (fields.length > 1 || fields[0] !== '') yield { line: begin, fields };
  }
}

interface Field {
  readonly value: string;
  /** Index behind it. */
  readonly end: number;
  readonly lineEnds: number;
}

function plain(text: string, from: number, line: number): Field {
  let end = from;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && !(text[end] === '\r' && text[end + 1] === '\n')) end++;
  const value = text.slice(from, end).trim();
  if (value.includes('"')) throw new TraceError('a quote stands inside a field: quote the whole field and double the quotes in it', line);
  return { value, end, lineEnds: 0 };
}

function quoted(text: string, from: number, line: number): Field {
  let value = '';
  for (let at = from + 1; ; ) {
    const close = text.indexOf('"', at);
    if (close === -1) throw new TraceError('a quoted field is never closed', line);
    value += text.slice(at, close);
    if (text[close + 1] !== '"') return { value, end: close + 1, lineEnds: value.split('\n').length - 1 };
    value += '"';
    at = close + 2;
  }
}
