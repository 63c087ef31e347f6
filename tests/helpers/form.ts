export interface FormPart {
  readonly name: string;
  readonly value: string | Buffer;
  /** A part with a file name is a file. */
  readonly file?: string;
  readonly type?: string;
}

const boundary = '----form-of-a-test';

/** A form as curl sends it, for `inject`. */
export function form(...parts: readonly FormPart[]): { readonly payload: Buffer; readonly headers: Record<string, string> } {
  const chunks = parts.flatMap(({ name, value, file, type }) => [
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${file === undefined ? '' : `; filename="${file}"`}\r\n${
        type === undefined ? '' : `content-type: ${type}\r\n`
      }\r\n`,
    ),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ]);
  return {
    payload: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

export const field = (name: string, value: string): FormPart => ({ name, value });
export const file = (path: string, value: string | Buffer): FormPart => ({ name: 'files', value, file: path });
export const archive = (name: string, value: Buffer): FormPart => ({ name: 'bundle', value, file: name });
