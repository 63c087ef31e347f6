import { createHash, randomUUID } from 'node:crypto';
import { bundleLimits, digestLines, type LeftFile, type Remains } from '../core/domain/bundle.ts';
import { openBeneath, visitFiles } from '../core/executors/bundle/left-files.ts';
import type { LeftBehind } from '../core/ports/attempt-files.ts';
import type { Form } from './lease-files.ts';

/**
 * What a job left as a form, read while it is sent; what it was is known when it has been read.
 * @see https://www.rfc-editor.org/rfc/rfc7578
 */
export function formOfRemains(left: LeftBehind): Form & { readonly remains: () => Remains } {
  const { stdoutBytes, stderrBytes } = left;
  let remains: Remains = { files: [], skipped: [], stdoutBytes, stderrBytes };
  const { contentType, part, field, end } = parts();
  return {
    contentType,
    remains: () => remains,
    async *chunks() {
      const digests: { path: string; digest: string }[] = [];
      const files: LeftFile[] = [];
      const found: string[] = [];
      const skipped = await visitFiles(
        left.folder,
        { files: bundleLimits.files, bytes: left.maxBytes },
        ({ path }) => void found.push(path),
      );
      for (const path of found) {
        const handle = await openBeneath(left.folder, path);
        if (handle === undefined) continue;
        yield part(path);
        const hash = createHash('sha256');
        let bytes = 0;
        for await (const chunk of handle.createReadStream({ highWaterMark: 262_144 }) as AsyncIterable<Buffer>) {
          hash.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
        yield Buffer.from('\r\n');
        digests.push({ path, digest: hash.digest('hex') });
        files.push({ path, bytes });
      }
      remains = { files, skipped, stdoutBytes, stderrBytes };
      yield field('stdout_bytes', String(stdoutBytes));
      yield field('stderr_bytes', String(stderrBytes));
      yield field('skipped', JSON.stringify(skipped.map(({ path, reason }) => ({ path, reason }))));
      yield field('sha256', createHash('sha256').update(digestLines(digests)).digest('hex'));
      yield end;
    },
  };
}

/** Some files of a folder as a form; one that is gone by now is left out. */
export function formOfFiles(folder: string, paths: readonly string[]): Form {
  const { contentType, part, end } = parts();
  return {
    contentType,
    async *chunks() {
      for (const path of paths) {
        const handle = await openBeneath(folder, path);
        if (handle === undefined) continue;
        yield part(path);
        yield* handle.createReadStream({ highWaterMark: 262_144 }) as AsyncIterable<Buffer>;
        yield Buffer.from('\r\n');
      }
      yield end;
    },
  };
}

function parts() {
  const boundary = `trx-${randomUUID()}`;
  const head = (disposition: string) => `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    part: (path: string) => Buffer.from(head(`name="files"; filename="${path.replaceAll('"', '\\"')}"`)),
    field: (name: string, value: string) => Buffer.from(`${head(`name="${name}"`)}${value}\r\n`),
    end: Buffer.from(`--${boundary}--\r\n`),
  };
}
