import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { AttemptRemains } from '../core/ports/task-files.ts';

/**
 * All files of an attempt as a zip, made while it is sent: one file is open at a time and nothing is written. Not compressed: results are
 * often compressed already, and the link to a server is rarely slower than deflate.
 */
export function zipOf(found: AttemptRemains): Readable {
  const zip = new ZipFile();
  const at = new Date(0);
  for (const { path } of found.remains.files) {
    zip.addReadStreamLazy(path, { compress: false, mode: 0o100644, mtime: at }, (done) => {
      found.open(path).then(
        // Of a job that still runs a file may be gone by now; an empty one in its place harms nobody.
        (file) => done(null, Readable.from(file === undefined ? [] : file.read(), { objectMode: false })),
        (error: Error) => done(error, Readable.from([])),
      );
    });
  }
  const out = zip.outputStream as Readable; // a PassThrough, which the types call by its interface only
  zip.on('error', (error: Error) => out.destroy(error));
  zip.end();
  return out;
}
