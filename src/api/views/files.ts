import { tailBytes, tailOf } from '../../../frontend/js/model/output.js';
import type { FilesWire, TailsWire, TailWire } from '../../../frontend/js/model/output-wire.js';
import type { AttemptRemains, OutputStream } from '../../core/ports/task-files.ts';
import { base } from '../deps.ts';
import type { FileListBody, OutputBody } from '../schemas/bundle.ts';

export function fileListView(taskId: string, { attempt, isPartial, remains }: AttemptRemains): FileListBody {
  const { files, skipped } = remains;
  return {
    task_id: taskId,
    attempt,
    partial: isPartial,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    files: files.map(({ path, bytes }) => ({ path, bytes, url: `${fileUrl(taskId, path)}?attempt=${attempt}` })),
    skipped: skipped.map(({ path, reason }) => ({ path, reason })),
  };
}

function fileUrl(taskId: string, path: string): string {
  return `${base}/tasks/${taskId}/files/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** Files that a page lists; the rest is in the zip. */
const fewFiles = 500;

export function fewFilesView(taskId: string, found: AttemptRemains): FilesWire {
  const { files, ...list } = fileListView(taskId, found);
  return { ...list, total: files.length, files: files.slice(0, fewFiles) };
}

/** The last of what it printed, as much as a page shows. */
export async function tailsView(found: AttemptRemains): Promise<TailsWire> {
  const { attempt, part, isPartial, remains } = found;
  const view = async (stream: OutputStream, bytes: number): Promise<TailWire> => {
    const kept = await found.output(stream);
    const chunks: Uint8Array[] = [];
    for await (const chunk of kept.read(Math.max(0, kept.bytes - tailBytes))) chunks.push(chunk);
    const text = tailOf(Buffer.concat(chunks).toString('utf8'), kept.bytes > tailBytes);
    return { text, from: kept.bytes - Buffer.byteLength(text), kept: kept.bytes, bytes: Math.max(bytes, kept.bytes) };
  };
  const [stdout, stderr] = await Promise.all([view('stdout', remains.stdoutBytes), view('stderr', remains.stderrBytes)]);
  return { attempt, part, partial: isPartial, stdout, stderr };
}

export async function outputView(taskId: string, found: AttemptRemains): Promise<OutputBody> {
  const { attempt, part, isPartial, remains } = found;
  const view = async (stream: OutputStream, bytes: number) => {
    const kept = await found.output(stream);
    const chunks: Uint8Array[] = [];
    for await (const chunk of kept.read()) chunks.push(chunk);
    return { text: Buffer.concat(chunks).toString('utf8'), bytes: Math.max(bytes, kept.bytes), truncated: bytes > kept.bytes };
  };
  const [stdout, stderr] = await Promise.all([view('stdout', remains.stdoutBytes), view('stderr', remains.stderrBytes)]);
  return { task_id: taskId, attempt, part, partial: isPartial, stdout, stderr };
}
