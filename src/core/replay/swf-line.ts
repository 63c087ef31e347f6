// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { TraceError } from './trace-error.ts';

/** Numbers of a line that the format names; what a line has beyond them is ignored. */
export const swfFieldCount = 18;

/** What was read from a line, used again for the next: a log has too many lines for an object each. */
export interface SwfLine {
  /** The fields in order, -1 where the line has none. */
  readonly values: Float64Array;
  /** Fields the line has; 0: it is blank. */
  fields: number;
  /** Index of its newline, or the number of bytes. */
  end: number;
}

export const newline = 10;
const minus = 45;
const zero = 48;
const nine = 57;
/** Up to this many digits an integer adds up without rounding. */
const exactDigits = 15;

export function createSwfLine(): SwfLine {
  return { values: new Float64Array(swfFieldCount), fields: 0, end: 0 };
}

/** Blank, tab, carriage return and their rarer kin; not the newline. */
export function isBlank(byte: number): boolean {
  return byte === 32 || (byte <= 13 && byte >= 9 && byte !== newline);
}

/**
 * Reads the numbers from `from` to the end of the line into `out`.
 * @param line its number, from 1, for the message
 * @throws TraceError when a field is no number
 */
export function readSwfLine(bytes: Uint8Array, from: number, line: number, out: SwfLine): void {
  const end = bytes.length;
  const { values } = out;
  let at = from;
  let field = 0;
  for (;;) {
    while (at < end && isBlank(bytes[at]!)) at++;
    if (at === end || bytes[at] === newline) break;
    const first = at;
    const isNegative = bytes[at] === minus;
    if (isNegative) at++;
    const firstDigit = at;
    let value = 0;
    while (at < end && bytes[at]! >= zero && bytes[at]! <= nine) value = value * 10 + (bytes[at++]! - zero);
    const digits = at - firstDigit;
    const isWhole = at === end || bytes[at] === newline || isBlank(bytes[at]!);
    if (isWhole && digits > 0 && digits <= exactDigits) {
      if (isNegative) value = -value;
    } else {
      while (at < end && bytes[at] !== newline && !isBlank(bytes[at]!)) at++;
      value = otherNumber(bytes.subarray(first, at), line, field);
    }
    if (field < swfFieldCount) values[field] = value;
    field++;
  }
  if (field < swfFieldCount) values.fill(-1, field);
  out.fields = field;
  out.end = at;
}

/** Fractions, exponents and very long integers: rare, so they may cost a string. */
function otherNumber(bytes: Uint8Array, line: number, field: number): number {
  const text = String.fromCharCode(...bytes.subarray(0, 40));
  const value = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value) && bytes.length <= 40) return value;
  throw new TraceError(`field ${field + 1} is ${JSON.stringify(text)}, which is not a number`, line);
}
