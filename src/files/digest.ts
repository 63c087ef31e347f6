import { createHash } from 'node:crypto';
import { digestLines } from '../core/domain/bundle.ts';

/** What makes two folders of files the same, as SHA-256 in hexadecimal. */
export function digestOf(files: readonly { readonly path: string; readonly digest: string | undefined }[]): string {
  return createHash('sha256').update(digestLines(files)).digest('hex');
}
