import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultBundleSettings } from '../../src/core/domain/bundle.ts';
import type { Sandbox } from '../../src/core/executors/bundle/sandbox.ts';
import { findSandbox } from '../../src/core/executors/bundle/self-test.ts';
import type { Bench } from '../lib/bench.ts';
import { measuresOf } from '../lib/measures.ts';
import type { Program } from '../lib/processes.ts';
import { startBundleServer, startCopy } from '../lib/product.ts';
import { interleave, type Sample } from '../lib/rounds.ts';
import { median } from '../lib/statistics.ts';
import { withFolder } from '../lib/temp.ts';
import { download, upload } from '../lib/transfer.ts';

const mib = 1_048_576;
const bytes = 100 * mib;
const startsPerRound = 40;

export const bundle: Bench = {
  name: 'bundle',
  summary: 'run.sh in the sandbox against a plain spawn; 100 MiB up and down against a server that only copies streams',
  run: ({ rounds }) => withFolder(async (folder) => [...(await starts(folder, rounds)), ...(await transfers(folder, rounds))]),
};

async function starts(folder: string, rounds: number) {
  chmodSync(folder, 0o711); // jobs of root are other users, and have to walk through it
  const { sandbox, state } = await findSandbox(join(folder, 'run'), join(folder, 'data'));
  if (sandbox === undefined) throw new Error(`no sandbox here: ${state.reason}`);
  const script = join(folder, 'run.sh');
  writeFileSync(script, 'exit 0\n');
  const contestants = [
    { name: 'sandbox', run: () => timed(() => inSandbox(sandbox)) },
    {
      name: 'plain spawn',
      run: () => timed(() => once(spawn('/bin/bash', [script], { stdio: ['ignore', 'pipe', 'pipe'] }), 'close')),
    },
  ];
  const samples = await interleave(contestants, rounds);
  const own = samples.get('sandbox') ?? [];
  const added = own.map((sample, i) => ({ added: (sample['median'] ?? 0) - (samples.get('plain spawn')?.[i]?.['median'] ?? 0) }));
  return [
    ...measuresOf('bundle', samples, 'sandbox', { median: 'ms to start and end' }),
    ...measuresOf('bundle', new Map([['sandbox', added]]), 'sandbox', { added: 'ms (median)' }),
  ];
}

async function timed(run: () => Promise<unknown>): Promise<Sample> {
  const times: number[] = [];
  for (let i = 0; i < startsPerRound; i++) {
    const before = performance.now();
    await run();
    times.push(performance.now() - before);
  }
  return { median: median(times) };
}

async function inSandbox(sandbox: Sandbox): Promise<void> {
  const slot = sandbox.takeSlot();
  const folder = await sandbox.makeFolder('bench', slot);
  writeFileSync(join(folder.work, 'run.sh'), 'exit 0\n', { mode: 0o644 });
  const { memoryMb, diskMb, processes, network } = defaultBundleSettings;
  const limits = { memoryBytes: memoryMb * mib, fileBytes: diskMb * mib, processes, cpuS: 60 };
  const child = sandbox.start({ slot, folder, network, limits, argv: ['/bin/bash', 'run.sh'], env: { PATH: '/usr/bin:/bin' } });
  child.stdout.resume();
  child.stderr.resume();
  const exit = await child.ended;
  await sandbox.removeFolder(folder);
  sandbox.freeSlot(slot);
  if (exit?.status !== 0) throw new Error(`the script ended with ${exit?.status}`);
}

const multipart = { 'content-type': 'multipart/form-data; boundary=bench' };
const part = (disposition: string) => `--bench\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n`;

/** MiB a second each way. The pool takes one job at a time, and each upload is deleted with its task's end far away: only sending is timed. */
async function transfers(folder: string, rounds: number) {
  const product = await startBundleServer(join(folder, 'product'));
  const copy = await startCopy(folder);
  try {
    const api = `${product.url}/api/v1`;
    const head = `${part('name="type"')}stored\r\n${part('name="files"; filename="run.sh"')}exit 0\r\n${part('name="files"; filename="data"')}`;
    const made = `${part('name="type"')}bundle\r\n${part('name="files"; filename="run.sh"')}head -c ${bytes} /dev/zero > out\r\n--bench--\r\n`;
    const { id } = JSON.parse(await upload(`${api}/jobs`, 0, multipart, made)) as { id: string };
    await fetch(`${api}/tasks/${id}`, { headers: { prefer: 'wait=60' } });
    await upload(`${copy.url}/`, bytes, {});
    const before = peakRss(product);
    const contestants = [
      {
        name: 'taskrouterx',
        run: async () => ({
          up: await speed(() => upload(`${api}/jobs`, bytes, multipart, head, '\r\n--bench--\r\n')),
          down: await speed(() => download(`${api}/tasks/${id}/files/out`)),
          zip: await speed(() => download(`${api}/tasks/${id}/files`)),
        }),
      },
      {
        name: 'bare copy',
        run: async () => {
          const down = await speed(() => download(`${copy.url}/file`));
          return { up: await speed(() => upload(`${copy.url}/`, bytes, {})), down, zip: down };
        },
      },
    ];
    const units = { up: 'MiB/s up', down: 'MiB/s down, a file', zip: 'MiB/s down, the zip' };
    const measured = measuresOf('bundle', await interleave(contestants, rounds), 'taskrouterx', units);
    const grown = new Map([['taskrouterx', [{ memory: (peakRss(product) - before) / mib }]]]);
    return [...measured, ...measuresOf('bundle', grown, 'taskrouterx', { memory: 'MiB the peak of the memory grew' })];
  } finally {
    await product.stop('SIGKILL');
    await copy.stop('SIGKILL');
  }
}

async function speed(run: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await run();
  return bytes / mib / ((performance.now() - before) / 1_000);
}

/** Bytes, from /proc. */
function peakRss({ pid }: Program): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;
}
