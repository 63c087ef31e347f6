import { csvColumns, csvRecord } from '../csv.ts';
import { csvRows } from '../csv-rows.ts';
import { ndjsonRecord } from '../ndjson.ts';
import { readTaskRow, type TaskRecord } from '../task-trace.ts';
import { decodeUtf8 } from '../utf8.ts';
import type { ReadBlock, RowSink } from './traced-row.ts';

/** Tasks as comma-separated values; the first record names the columns. */
export function createCsvRows(): ReadBlock {
  let columns: ReturnType<typeof csvColumns> | undefined;
  return (bytes, firstLine, _isLast, sink) => {
    for (const row of csvRows(decodeUtf8(bytes), firstLine)) {
      if (columns !== undefined) add(csvRecord(columns, row), row.line, sink);
      else {
        columns = csvColumns(row);
        for (const name of columns.ignored) sink.wart(row.line, `the column ${name} is not known and ignored`);
      }
    }
  };
}

/** Tasks as one JSON object a line. */
export function createNdjsonRows(): ReadBlock {
  return (bytes, firstLine, _isLast, sink) => {
    let line = firstLine - 1;
    for (const content of decodeUtf8(bytes).split('\n')) {
      line++;
      if (content.trim() === '') continue;
      const { record, ignored } = ndjsonRecord(content, line);
      for (const name of ignored) sink.wart(line, `the field ${name} is not known and ignored`);
      add(record, line, sink);
    }
  };
}

function add(record: TaskRecord, line: number, sink: RowSink): void {
  const { tenant, submittedAt, deadlineAt, runMs, estimateMs, slots, fields } = readTaskRow(record, line, line);
  if (runMs === 0) {
    sink.wart(line, 'dropped, its run time is not positive');
    return;
  }
  const { type, priority, region = null, resourceType = null, cost } = fields;
  sink.row({
    ...{
      line,
      submittedAt,
      runMs,
      estimateMs: estimateMs > 0 ? estimateMs : null,
      slots,
      tenant,
      type,
      priority,
      region,
      resourceType,
      cost,
    },
    deadline: deadlineAt ?? null,
  });
}
