import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { TaskBody } from '../../api/schemas/task.ts';
import { failure } from '../cli-error.ts';
import type { CliIo } from '../io.ts';
import { showProgress } from '../progress.ts';
import type { Client } from '../server/client.ts';
import { type Form, formOfFolder } from './folder-form.ts';

/** Sends a folder as a bundle. @returns its task */
export function submitFolder(client: Client, io: CliIo, folder: string, task: object, key: string): Promise<TaskBody> {
  return sendForm(client, io, '/jobs', formOfFolder(folder, task), key);
}

/** Repeats under its key while the server is busy or away. */
export async function sendForm<Answer>(client: Client, io: CliIo, path: string, form: Form, key: string): Promise<Answer> {
  const progress = showProgress(io, form.files);
  const onFile = (path: string) => {
    progress.step();
    progress.say(path);
  };
  try {
    return await client.ask<Answer>('POST', path, {
      form: { contentType: form.contentType, chunks: () => form.chunks(onFile) },
      headers: { 'idempotency-key': key },
      isRepeatable: true,
    });
  } finally {
    progress.end();
  }
}

/** Saves everything a bundle left as a zip. @throws CliError when the file is there already or cannot be written */
export async function download(client: Client, task: TaskBody, path: string): Promise<void> {
  const answer = await client.stream(`/tasks/${task.id}/files`, { headers: { accept: 'application/zip' } });
  try {
    await pipeline(Readable.fromWeb(answer.body as ReadableStream<Uint8Array>), createWriteStream(path, { flags: 'wx' }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw failure(code === 'EEXIST' ? `${path} is there already` : `${path} cannot be written: ${message}`);
  }
}
