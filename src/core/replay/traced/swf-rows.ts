// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs } from '../../domain/units.ts';
import { standardCauses, unfitCause } from '../standard-filter.ts';
import { leastFields, tooShort } from '../swf.ts';
import { addSwfHeader } from '../swf-header.ts';
import { createSwfLine, isBlank, newline, readSwfLine, swfFieldCount } from '../swf-line.ts';
import { TraceError } from '../trace-error.ts';
import type { ReadBlock, RowSink } from './traced-row.ts';

const semicolon = 59;
const msPerS = 1_000;
const sPerHour = 3_600;

/** The machine of a log, as far as it has been read. */
export interface SwfMachine {
  readonly headers: ReadonlyMap<string, string>;
  /** Processors: what was asked for, else what the header says. @throws TraceError when nothing tells */
  size(): number;
}

/** Jobs of a log in the Standard Workload Format, one task each: slots are its processors, cost is in processor-hours. */
export function createSwfRows(asked: number | undefined): { readonly machine: SwfMachine; readonly read: ReadBlock } {
  const headers = new Map<string, string>();
  const found = createSwfLine();
  let size: number | undefined;

  const machine: SwfMachine = {
    headers,
    size() {
      size ??= asked ?? positive(headers.get('MaxProcs')) ?? positive(headers.get('MaxNodes'));
      if (size !== undefined) return size;
      throw new TraceError('the header has neither MaxProcs nor MaxNodes before the first job: say how many `processors` the machine has');
    },
  };

  function read(bytes: Uint8Array, firstLine: number, isLast: boolean, sink: RowSink): void {
    const end = bytes.length;
    let line = firstLine;
    for (let at = firstLine === 1 ? markLength(bytes) : 0; at < end; line++) {
      while (at < end && isBlank(bytes[at]!)) at++;
      if (bytes[at] === semicolon) {
        const next = bytes.indexOf(newline, at);
        const stop = next === -1 ? end : next;
        addSwfHeader(bytes.subarray(at, stop), headers);
        at = stop + 1;
        continue;
      }
      readSwfLine(bytes, at, line, found);
      at = found.end + 1;
      if (found.fields > 0) job(line, isLast && found.end === end, sink);
    }
  }

  function job(line: number, isEnd: boolean, sink: RowSink): void {
    const { fields, values } = found;
    if (fields < leastFields) throw tooShort(fields, line, isEnd);
    if (fields < swfFieldCount) sink.wart(line, `fewer than ${swfFieldCount} fields, the missing ones count as unknown (-1)`);
    if (fields > swfFieldCount) sink.wart(line, `more than ${swfFieldCount} fields, the rest is ignored`);
    const [submit, run, allocated, requested, estimate] = [values[1]!, values[3]!, values[4]!, values[7]!, values[8]!];
    const cause = unfitCause({ submit, run, allocated, requested, machine: machine.size() });
    if (cause !== undefined) {
      sink.wart(line, `dropped, ${standardCauses[cause]}`);
      return;
    }
    const limit = estimate > 0 ? estimate : undefined;
    if (limit === undefined) sink.wart(line, 'no estimate: the server predicts the run, as it does for tasks without one');
    else if (run > limit) sink.wart(line, 'the run time was cut to the estimate');
    const seconds = Math.min(run, limit ?? run);
    const slots = requested > 0 ? requested : allocated;
    sink.row({
      ...{ line, slots, tenant: `user-${values[11]!}`, type: 'job', priority: 5, region: null, resourceType: null, deadline: null },
      submittedAt: startOf(headers) + Math.round(submit * msPerS),
      runMs: Math.round(seconds * msPerS),
      estimateMs: limit === undefined ? null : Math.round(limit * msPerS),
      cost: Math.max(1e-6, (slots * seconds) / sPerHour),
    });
  }

  return { machine, read };
}

/** Some editors put one in front. */
function markLength(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function positive(text: string | undefined): number | undefined {
  const value = Number.parseInt(text ?? '', 10);
  return value > 0 ? value : undefined;
}

/** What second 0 of the log is: 1970 where nobody says. */
function startOf(headers: ReadonlyMap<string, string>): EpochMs {
  return (positive(headers.get('UnixStartTime')) ?? 0) * msPerS;
}
