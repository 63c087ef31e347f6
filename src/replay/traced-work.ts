import type { ReplayRequest, ReplaySource } from '../core/domain/replay.ts';
import type { History } from '../core/ports/history.ts';
import type { ReplaySetting } from '../core/replay/history/replay-history.ts';
import { TraceError } from '../core/replay/trace-error.ts';
import { generatedRows } from '../core/replay/traced/generated-rows.ts';
import { type TracedSource, tracedFile } from '../core/replay/traced/read-rows.ts';
import type { TracedWorld } from '../core/replay/traced/replay-trace.ts';
import { machineWorld, presentWorld } from '../core/replay/traced/traced-world.ts';
import { unpacked } from './unpacked.ts';

/** Of a file when it is unpacked. */
const mostBytes = 512 * 1_048_576;

/** The tasks that a source stands for, and where they run. @throws TraceError */
export async function tracedWork(
  source: ReplaySource,
  file: Uint8Array | undefined,
  { pools: edits, seed }: ReplayRequest,
  { runnable }: ReplaySetting,
  history: History,
): Promise<{ readonly rows: TracedSource; readonly world: TracedWorld }> {
  const worldOf = (processors: number | null) => (processors === null ? presentWorld(history, runnable, edits) : machineWorld(processors));
  if (source.kind === 'trace') {
    const open = () => unpacked(file ?? new Uint8Array(0), mostBytes);
    const rows = tracedFile(await beginOf(open()), open, source.processors ?? undefined);
    const processors = (await rows.processors()) ?? null;
    if (processors !== null && edits.length > 0) throw new TraceError('it is of one machine, on which `pools` mean nothing');
    return { rows, world: worldOf(processors) };
  }
  const { pattern, tasks, load, processors } = source;
  const world = worldOf(processors);
  const slots = world.pools.reduce((sum, { capacity, speed }) => sum + capacity * speed, 0);
  if (slots === 0) throw new TraceError('no pool takes tasks');
  const options = { pattern, jobs: tasks, machine: processors ?? slots, load, seed };
  return { rows: generatedRows(options, processors === null ? world.pools : undefined), world };
}

/** Enough to know its format by. */
async function beginOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  for await (const chunk of chunks) return chunk;
  return new Uint8Array(0);
}
