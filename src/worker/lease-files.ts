import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { OutputStream } from '../core/ports/task-files.ts';
import { NodeApiError, refusal } from './node-api.ts';

/** A file of a leased bundle, as it comes over the wire. */
export interface WireFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly executable: boolean;
  readonly url: string;
}

export interface Form {
  readonly contentType: string;
  chunks(): AsyncIterable<Uint8Array>;
}

type Body = Uint8Array | ReadableStream;

/** Files of leased bundles, as a node fetches and sends them: docs/worker-protocol.md. Every call rejects with a NodeApiError. */
export interface LeaseFiles {
  list(lease: string): Promise<readonly WireFile[]>;
  /** What a task left on which the leased one depends. `undefined`: nothing, or nothing any more. */
  listParent(lease: string, task: string): Promise<readonly WireFile[] | undefined>;
  read(file: WireFile): AsyncIterable<Uint8Array>;
  /** @returns bytes of the stream that the server has now */
  print(lease: string, stream: OutputStream, offset: number, text: Uint8Array): Promise<number>;
  /** @param isPartial it still runs */
  leave(lease: string, form: Form, isPartial: boolean): Promise<void>;
}

/** @param session the one that holds now: it changes when the node registers anew */
export function createLeaseFiles(server: string, id: string, session: () => string, send: typeof fetch): LeaseFiles {
  const at = (lease: string) => `/api/v1/nodes/${encodeURIComponent(id)}/leases/${encodeURIComponent(lease)}`;

  async function ask(method: string, path: string, body?: { readonly type: string; readonly content: Body }): Promise<Response> {
    const headers = { 'node-session': session(), ...(body === undefined ? {} : { 'content-type': body.type }) };
    const rest = body === undefined ? {} : { body: body.content, duplex: 'half' };
    const answer = await send(new URL(path, server), { method, headers, ...rest } as Parameters<typeof fetch>[1]).catch(unreachable);
    if (!answer.ok) throw refusal(answer.status, await answer.text().catch(() => ''));
    return answer;
  }

  function unreachable(error: unknown): never {
    throw new NodeApiError(0, 'unreachable', `no answer from ${server}`, error);
  }

  return {
    async list(lease) {
      const answer = await ask('GET', `${at(lease)}/files`);
      return ((await answer.json().catch(unreachable)) as { files: readonly WireFile[] }).files;
    },
    async listParent(lease, task) {
      try {
        const answer = await ask('GET', `${at(lease)}/parents/${encodeURIComponent(task)}/files`);
        return ((await answer.json().catch(unreachable)) as { files: readonly WireFile[] }).files;
      } catch (error) {
        if (error instanceof NodeApiError && error.code === 'files_gone') return undefined;
        throw error;
      }
    },
    async *read({ url }) {
      const { body } = await ask('GET', url);
      try {
        if (body !== null) yield* body as AsyncIterable<Uint8Array>; // of Node.js, which can be read on like this
      } catch (error) {
        unreachable(error);
      }
    },
    async print(lease, stream, offset, text) {
      const body = { type: 'application/octet-stream', content: text };
      const answer = await ask('PUT', `${at(lease)}/output/${stream}?offset=${offset}`, body);
      return ((await answer.json().catch(unreachable)) as { bytes: number }).bytes;
    },
    async leave(lease, { contentType, chunks }, isPartial) {
      const content = Readable.toWeb(Readable.from(chunks(), { objectMode: false }));
      const answer = await ask('PUT', `${at(lease)}/files${isPartial ? '?partial=true' : ''}`, { type: contentType, content });
      await answer.body?.cancel();
    },
  };
}
