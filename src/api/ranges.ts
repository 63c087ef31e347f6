/** Bytes `from` to `to`, the latter excluded. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * What a Range header asks of so many bytes. `undefined`: the whole, also where the header is none we know or names several ranges, as a
 * server may. `unsatisfiable`: none of the bytes are there.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
export function rangeOf(header: string | undefined, bytes: number): ByteRange | 'unsatisfiable' | undefined {
  const parts = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (parts === null) return undefined;
  const [, first = '', last = ''] = parts;
  if (first === '') return last === '' ? undefined : suffix(Number(last), bytes);
  const from = Number(first);
  if (last !== '' && Number(last) < from) return undefined; // no range at all
  if (from >= bytes) return 'unsatisfiable';
  return { from, to: last === '' ? bytes : Math.min(bytes, Number(last) + 1) };
}

function suffix(length: number, bytes: number): ByteRange | 'unsatisfiable' {
  return length === 0 || bytes === 0 ? 'unsatisfiable' : { from: Math.max(0, bytes - length), to: bytes };
}
