import { traceFormat } from '../read-trace.ts';
import { lineBlocks } from './line-blocks.ts';
import { createSwfRows } from './swf-rows.ts';
import { createCsvRows, createNdjsonRows } from './task-rows.ts';
import type { ReadBlock, RowSink, TracedRow } from './traced-row.ts';

/** A trace, read from its begin each time. */
export interface TracedSource {
  /** Rows in the order of the file, some at a time. @throws TraceError with the line */
  batches(wart: RowSink['wart']): AsyncIterable<readonly TracedRow[]>;
}

export interface TracedFile extends TracedSource {
  /** Processors of the one machine it is of; `undefined`: it is for pools. @throws TraceError when it is of one and nothing says how large */
  processors(): Promise<number | undefined>;
}

/**
 * A file in whichever format it is.
 * @param begin the first of its bytes, not compressed
 * @param open the file from its begin, not compressed
 * @param processors of the machine; `undefined`: the file knows, or it needs none
 */
export function tracedFile(begin: Uint8Array, open: () => AsyncIterable<Uint8Array>, processors: number | undefined): TracedFile {
  const format = traceFormat(begin);
  return {
    async *batches(wart) {
      const read = readerOf(format, processors);
      for await (const { bytes, line, isLast } of lineBlocks(open(), format === 'csv')) {
        const rows: TracedRow[] = [];
        read(bytes, line, isLast, { row: (row) => rows.push(row), wart });
        yield rows;
      }
    },
    processors: async () => (format === 'swf' ? await machineOf(open, processors) : processors),
  };
}

/** Reads as far as the first job. Without any it does not matter. */
async function machineOf(open: () => AsyncIterable<Uint8Array>, asked: number | undefined): Promise<number> {
  const { machine, read } = createSwfRows(asked);
  let hasJobs = false;
  const see = () => {
    hasJobs = true;
  };
  for await (const { bytes, line, isLast } of lineBlocks(open(), false)) {
    read(bytes, line, isLast, { row: see, wart: see });
    if (hasJobs) return machine.size();
  }
  return 1;
}

/** Columns and headers are remembered from block to block, so each reading has a reader of its own. */
function readerOf(format: ReturnType<typeof traceFormat>, processors: number | undefined): ReadBlock {
  if (format === 'ndjson') return createNdjsonRows();
  return format === 'csv' ? createCsvRows() : createSwfRows(processors).read;
}
