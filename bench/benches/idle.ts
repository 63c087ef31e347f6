import { join } from 'node:path';
import type { Bench } from '../lib/bench.ts';
import { bytesIn } from '../lib/disk.ts';
import { measuresOf } from '../lib/measures.ts';
import { pause, threadSecondsOf, writtenBytesOf } from '../lib/processes.ts';
import { type Server, startProduct } from '../lib/product.ts';
import { interleave, type Sample } from '../lib/rounds.ts';
import { withFolder } from '../lib/temp.ts';

const units = { cpu: '% of a core', written: 'bytes written', grown: 'bytes the data folder grew' };
/** Checks after the start end in this time. */
const settleSeconds = 10;

export const idle: Bench = {
  name: 'idle',
  summary: 'the server with eight pools and one open dashboard, and nothing to do, for 30 s',
  async run({ rounds, seconds = 30 }) {
    const ours = { name: 'taskrouterx', run: () => withFolder((folder) => beIdle(folder, seconds)) };
    return measuresOf('idle', await interleave([ours], rounds), ours.name, units);
  },
};

async function beIdle(folder: string, seconds: number): Promise<Sample> {
  const server = await startProduct(folder, { pools: 'active' });
  const leave = new AbortController();
  try {
    await watch(server, leave.signal);
    await pause(settleSeconds * 1_000);
    const data = join(folder, 'data');
    const before = { cpu: threadSecondsOf(server.pid), written: writtenBytesOf(server.pid), bytes: bytesIn(data) };
    await pause(seconds * 1_000);
    return {
      cpu: ((threadSecondsOf(server.pid) - before.cpu) / seconds) * 100,
      written: writtenBytesOf(server.pid) - before.written,
      grown: bytesIn(data) - before.bytes,
    };
  } finally {
    leave.abort();
    await server.stop('SIGKILL');
  }
}

/** The dashboard's stream, with what it asks for, read as it comes. */
async function watch({ url }: Server, signal: AbortSignal): Promise<void> {
  const query = 'snapshot=1&state=stats,pools&batch=100';
  const response = await fetch(`${url}/api/v1/events?${query}`, { signal, headers: { accept: 'text/event-stream' } });
  if (!response.ok) throw new Error(`the event stream answered ${response.status}: ${await response.text()}`);
  response.body?.pipeTo(new WritableStream()).catch(() => {}); // it ends by being left
}
