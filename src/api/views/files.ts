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

export async function outputView(taskId: string, found: AttemptRemains): Promise<OutputBody> {
  const { attempt, isPartial, remains } = found;
  const view = async (stream: OutputStream, bytes: number) => {
    const kept = await found.output(stream);
    const chunks: Uint8Array[] = [];
    for await (const chunk of kept.read()) chunks.push(chunk);
    return { text: Buffer.concat(chunks).toString('utf8'), bytes: Math.max(bytes, kept.bytes), truncated: bytes > kept.bytes };
  };
  const [stdout, stderr] = await Promise.all([view('stdout', remains.stdoutBytes), view('stderr', remains.stderrBytes)]);
  return { task_id: taskId, attempt, partial: isPartial, stdout, stderr };
}
