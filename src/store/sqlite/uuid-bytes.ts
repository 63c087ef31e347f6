import type { TaskId } from '../../core/domain/units.ts';

/** Value of a hexadecimal digit in lower case by its character code; -1 for what is none. */
const digits = new Int8Array(128).fill(-1);
for (const [value, digit] of [...'0123456789abcdef'].entries()) digits[digit.charCodeAt(0)] = value;

/** 16 bytes instead of 36: ids are the largest part of a small task. `undefined` for what is no uuid in lower case. */
export function uuidBytes(id: string): Buffer | undefined {
  if (id.length !== 36) return undefined;
  const bytes = Buffer.allocUnsafe(16);
  let at = 0;
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) if (id.charCodeAt(at++) !== hyphen) return undefined;
    const high = digits[id.charCodeAt(at++)] ?? -1;
    const low = digits[id.charCodeAt(at++)] ?? -1;
    if (high < 0 || low < 0) return undefined;
    bytes[i] = high * 16 + low;
  }
  return bytes;
}
const hyphen = 45;

/** @throws TypeError when it is no uuid: the id generator is broken. */
export function newUuidBytes(id: TaskId): Buffer {
  const bytes = uuidBytes(id);
  if (bytes === undefined) throw new TypeError(`a task id must be a uuid in lower case: ${id}`);
  return bytes;
}

export function uuidText(bytes: Buffer): TaskId {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
